package dev.albert4j.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.util.Set;

/**
 * What ONNX Runtime computes with. Which there are depends on the runtime's jar: {@code onnxruntime} has the CPU, on macOS also Core ML,
 * {@code onnxruntime_gpu} has CUDA. The CPU does whatever another cannot.
 */
public enum ExecutionProvider {
    CPU(OrtProvider.CPU),
    CUDA(OrtProvider.CUDA),
    DIRECT_ML(OrtProvider.DIRECT_ML),
    CORE_ML(OrtProvider.CORE_ML);

    private final OrtProvider provider;

    ExecutionProvider(OrtProvider provider) {
        this.provider = provider;
    }

    /** @throws IllegalArgumentException if the runtime has no such provider, or cannot start it */
    void addTo(SessionOptions options) {
        Set<OrtProvider> available = OrtEnvironment.getAvailableProviders();
        if (!available.contains(provider)) {
            throw new IllegalArgumentException("this ONNX Runtime has no " + this + "; it has " + available);
        }
        try {
            switch (this) {
                case CPU -> {} // always there
                case CUDA -> options.addCUDA();
                case DIRECT_ML -> options.addDirectML(0);
                case CORE_ML -> options.addCoreML();
            }
        } catch (OrtException e) {
            throw new IllegalArgumentException("ONNX Runtime cannot start " + this + ": " + e.getMessage(), e);
        }
    }
}
