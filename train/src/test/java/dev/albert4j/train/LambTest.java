package dev.albert4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.bytedeco.pytorch.global.torch.tensor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // a PointerScope acts by being open
class LambTest {
    private static final double WEIGHT_DECAY = 0.02;
    private static final Map<String, Integer> SIZES = new LinkedHashMap<>();

    static {
        SIZES.put("albert.embeddings.word_embeddings.weight", 300_000); // more than one block
        SIZES.put("ffn.weight", 1_000);
        SIZES.put("ffn.bias", 40);
        SIZES.put("attention.LayerNorm.weight", 30);
        SIZES.put("full_layer_layer_norm.weight", 20);
        SIZES.put("zero.weight", 50); // no norm to scale to in the first step
    }

    private final SplittableRandom random = new SplittableRandom(11);

    /** The paper's algorithm as google-research's {@code lamb_optimizer.py} has it, one number after the other, in doubles. */
    private static final class Reference {
        final double[] value;
        final double[] m;
        final double[] v;
        final boolean excluded;

        Reference(String name, float[] start) {
            value = new double[start.length];
            for (int i = 0; i < start.length; i++) {
                value[i] = start[i];
            }
            m = new double[start.length];
            v = new double[start.length];
            excluded = name.matches(".*(LayerNorm|layer_norm|bias).*");
        }

        void step(float[] gradient, double clip, double rate) {
            double[] update = new double[value.length];
            double valueSquares = 0;
            double updateSquares = 0;
            for (int i = 0; i < value.length; i++) {
                double g = gradient[i] * clip;
                m[i] = 0.9 * m[i] + 0.1 * g;
                v[i] = 0.999 * v[i] + 0.001 * g * g;
                update[i] = m[i] / (Math.sqrt(v[i]) + 1e-6) + (excluded ? 0 : WEIGHT_DECAY * value[i]);
                valueSquares += value[i] * value[i];
                updateSquares += update[i] * update[i];
            }
            boolean adapts = !excluded && valueSquares > 0 && updateSquares > 0;
            double ratio = adapts ? Math.sqrt(valueSquares) / Math.sqrt(updateSquares) : 1;
            for (int i = 0; i < value.length; i++) {
                value[i] -= rate * ratio * update[i];
            }
        }
    }

    @Test
    void stepsAreThoseOfThePublishedAlgorithm() {
        try (PointerScope scope = new PointerScope();
                Workers workers = new Workers(3)) {
            Map<String, Tensor> parameters = parameters();
            Map<String, Reference> references = new LinkedHashMap<>();
            parameters.forEach((name, tensor) -> references.put(name, new Reference(name, Tensors.floats(tensor))));
            try (Optimizer optimizer = Optimizer.lamb(List.of(parameters), WEIGHT_DECAY)) {
                for (int step = 0; step < 6; step++) {
                    double rate = 0.01 * (step + 1);
                    double clip = step % 2 == 0 ? 1 : 0.25;
                    Map<String, float[]> gradients = gradients();
                    parameters.forEach((name, tensor) -> Tensors.set(tensor.grad(), Tensors.named(gradients, name)));
                    optimizer.step(rate, clip, workers);
                    for (String name : SIZES.keySet()) {
                        Tensor parameter = Tensors.named(parameters, name);
                        Reference reference = Tensors.named(references, name);
                        reference.step(Tensors.named(gradients, name), clip, rate);
                        assertClose(name, Tensors.floats(parameter), reference.value);
                        assertThat(Tensors.floats(parameter.grad())).as(name).containsOnly(0);
                    }
                }
            }
        }
    }

    private static void assertClose(String name, float[] actual, double[] expected) {
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i]).as("%s[%d]", name, i).isCloseTo(expected[i], within(5e-6));
        }
    }

    @Test
    void aRestoredOptimizerGoesOnBitForBitOnAnyNumberOfThreads() {
        List<Map<String, float[]>> gradients = List.of(gradients(), gradients(), gradients(), gradients());
        try (PointerScope scope = new PointerScope();
                Workers one = new Workers(1);
                Workers three = new Workers(3)) {
            Map<String, Tensor> straight = parameters();
            Map<String, Tensor> resumed = new LinkedHashMap<>();
            straight.forEach(
                    (name, tensor) -> resumed.put(name, tensor.detach().clone().set_requires_grad(true)));
            try (Optimizer optimizer = Optimizer.lamb(List.of(straight), WEIGHT_DECAY)) {
                gradients.forEach(gradient -> step(optimizer, straight, gradient, one));
            }
            Map<String, float[]> state;
            try (Optimizer first = Optimizer.lamb(List.of(resumed), WEIGHT_DECAY)) {
                gradients.subList(0, 2).forEach(gradient -> step(first, resumed, gradient, three));
                state = first.state();
            }
            try (Optimizer second = Optimizer.lamb(List.of(resumed), WEIGHT_DECAY)) {
                second.restore(state, 2);
                gradients.subList(2, 4).forEach(gradient -> step(second, resumed, gradient, three));
            }
            straight.forEach((name, tensor) -> assertThat(Tensors.floats(Tensors.named(resumed, name)))
                    .as(name)
                    .isEqualTo(Tensors.floats(tensor)));
        }
    }

    private static void step(
            Optimizer optimizer, Map<String, Tensor> parameters, Map<String, float[]> gradients, Workers workers) {
        parameters.forEach((name, tensor) -> Tensors.set(tensor.grad(), Tensors.named(gradients, name)));
        optimizer.step(0.02, 0.5, workers);
    }

    private Map<String, Tensor> parameters() {
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        SIZES.forEach((name, size) -> {
            float[] values = name.startsWith("zero") ? new float[size] : uniform(size);
            parameters.put(name, tensor(values).set_requires_grad(true));
        });
        return parameters;
    }

    private Map<String, float[]> gradients() {
        Map<String, float[]> gradients = new LinkedHashMap<>();
        SIZES.forEach((name, size) -> gradients.put(name, uniform(size)));
        return gradients;
    }

    private float[] uniform(int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return values;
    }
}
