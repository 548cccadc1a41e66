package dev.albert4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.bytedeco.pytorch.global.torch.tensor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // a PointerScope acts by being open
class AdamWTest {
    private static final int SIZE = 150_000; // more than one block
    private final SplittableRandom random = new SplittableRandom(3);

    @Test
    void stepsAreThoseOfLibtorchsOwnOptimizer() {
        try (PointerScope scope = new PointerScope()) {
            float[] values = uniform(SIZE);
            Tensor ours = tensor(values).set_requires_grad(true);
            Tensor theirs = tensor(values).set_requires_grad(true);
            AdamWOptions options = new AdamWOptions(1e-2);
            options.weight_decay().put(0.1);
            var reference = new org.bytedeco.pytorch.AdamW(new TensorVector(theirs), options);
            try (Workers workers = new Workers(2);
                    Optimizer optimizer = Optimizer.adamW(List.of(Map.of("ffn.weight", ours)), 0.1)) {
                for (int step = 0; step < 5; step++) {
                    float[] gradient = uniform(SIZE);
                    Tensors.set(ours.grad(), gradient);
                    theirs.mutable_grad().put(tensor(gradient));
                    optimizer.step(1e-2, 1, workers);
                    assertThat(Tensors.floats(ours.grad())).containsOnly(0);
                    reference.step();
                    assertThat(Tensors.floats(ours)).containsExactly(Tensors.floats(theirs), within(1e-6f));
                }
            }
        }
    }

    @Test
    void biasesAndLayerNormsDoNotDecay() {
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> parameters = new LinkedHashMap<>();
            for (String name : new String[] {
                "ffn.weight",
                "ffn.bias",
                "attention.LayerNorm.weight",
                "full_layer_layer_norm.weight",
                "predictions.bias"
            }) {
                parameters.put(name, tensor(new float[] {1, 1}).set_requires_grad(true));
            }
            try (Workers workers = new Workers(1);
                    Optimizer optimizer = Optimizer.adamW(List.of(parameters), 0.5)) {
                optimizer.step(0.1, 1, workers);
            }
            parameters.forEach((name, value) ->
                    assertThat(Tensors.floats(value)[0]).as(name).isEqualTo(name.equals("ffn.weight") ? 0.95f : 1f));
        }
    }

    @Test
    void gradientsOfReplicasAddUp() {
        try (PointerScope scope = new PointerScope()) {
            Tensor a = tensor(new float[] {1}).set_requires_grad(true);
            Tensor b = a.detach().set_requires_grad(true);
            try (Workers workers = new Workers(2);
                    Optimizer optimizer = Optimizer.adamW(List.of(Map.of("weight", a), Map.of("weight", b)), 0)) {
                Tensors.set(a.grad(), new float[] {3});
                Tensors.set(b.grad(), new float[] {4});
                assertThat(optimizer.sumGradients(workers, Ranks.alone())).isCloseTo(7, within(1e-6));
                assertThat(Tensors.floats(a.grad())).containsExactly(7);
                assertThat(Tensors.floats(b.grad())).containsExactly(0);
                optimizer.step(0.1, 1.0 / 7, workers);
                assertThat(optimizer.state().get("exp_avg.weight")).containsExactly(new float[] {0.1f}, within(1e-7f));
                assertThat(Tensors.floats(b)[0]).isCloseTo(0.9f, within(1e-6f));
            }
        }
    }

    private float[] uniform(int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return values;
    }
}
