package dev.albert4j.cpu;

import jdk.incubator.vector.FloatVector;

/** {@link Kernels} on the Vector API; loaded by name where the module is present. */
final class VectorKernels implements Kernels {
    @Override
    public String name() {
        return "vector " + FloatVector.SPECIES_PREFERRED.vectorBitSize() + " bits";
    }
}
