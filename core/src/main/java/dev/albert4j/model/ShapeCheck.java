package dev.albert4j.model;

import dev.albert4j.io.ModelFormatException;
import dev.albert4j.io.TensorInfo;
import dev.albert4j.model.AlbertParameters.Parameter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects everything that is wrong between the parameters of a configuration and the tensors of a checkpoint. */
final class ShapeCheck {
    private static final int MAX_LISTED = 500;

    private final List<String> missing = new ArrayList<>();
    private final List<String> misshaped = new ArrayList<>();
    private final List<String> unexpected = new ArrayList<>();

    static boolean fits(Parameter parameter, TensorInfo info) {
        return info.dataType().isReadAsFloats()
                && info.shape()
                        .equals(parameter.shape().stream()
                                .map(Integer::longValue)
                                .toList());
    }

    void tensor(Parameter parameter, @Nullable TensorInfo info) {
        if (info == null) {
            missing(parameter);
        } else if (!fits(parameter, info)) {
            misshaped.add(parameter.name() + " is " + info.dataType() + " " + info.shape() + ", expected "
                    + parameter.shape());
        }
    }

    void size(Parameter parameter, int numElements) {
        if (numElements != parameter.numElements()) {
            misshaped.add(parameter.name() + " has " + numElements + " values, expected " + parameter.shape());
        }
    }

    void missing(Parameter parameter) {
        missing.add(parameter.name() + " " + parameter.shape());
    }

    void unexpected(String name) {
        unexpected.add(name.replaceAll("\\p{Cntrl}", "?"));
    }

    boolean failed() {
        return !missing.isEmpty() || !misshaped.isEmpty() || !unexpected.isEmpty();
    }

    void orThrow(Path file) throws ModelFormatException {
        if (failed()) {
            throw new ModelFormatException(file, message());
        }
    }

    String message() {
        List<String> parts = new ArrayList<>();
        describe(parts, "missing", missing);
        describe(parts, "mis-shaped", misshaped);
        describe(parts, "unexpected", unexpected);
        return "the tensors do not fit the configuration: " + String.join("; ", parts);
    }

    private static void describe(List<String> parts, String kind, List<String> names) {
        if (!names.isEmpty()) {
            int more = names.size() - MAX_LISTED;
            String listed = String.join(", ", more > 0 ? names.subList(0, MAX_LISTED) : names);
            parts.add(names.size() + " " + kind + ": " + listed + (more > 0 ? " and " + more + " more" : ""));
        }
    }
}
