package dev.albert4j.cli;

import dev.albert4j.io.DataType;
import dev.albert4j.io.TensorFile;
import dev.albert4j.io.TensorInfo;
import dev.albert4j.model.ModelDirectory;
import java.io.IOException;
import java.util.Collection;
import java.util.List;

/**
 * How the weights of a model lie in its files.
 *
 * @param type F16 or BF16 where all are stored so, else F32
 * @param numBytes of all tensors, without headers
 */
record StoredWeights(DataType type, long numBytes) {
    static StoredWeights of(ModelDirectory directory) throws IOException {
        try (TensorFile file = directory.openTensors()) {
            Collection<TensorInfo> tensors = file.tensors().values();
            List<DataType> types = tensors.stream()
                    .map(TensorInfo::dataType)
                    .filter(type -> type.isReadAsFloats() && type != DataType.I8)
                    .distinct()
                    .toList();
            boolean half = types.equals(List.of(DataType.F16)) || types.equals(List.of(DataType.BF16));
            long numBytes = tensors.stream().mapToLong(TensorInfo::numBytes).sum();
            return new StoredWeights(half ? types.get(0) : DataType.F32, numBytes);
        }
    }
}
