package dev.albert4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.bytedeco.pytorch.global.torch.cross_entropy_loss;
import static org.bytedeco.pytorch.global.torch.ones;
import static org.bytedeco.pytorch.global.torch.tensor;

import dev.albert4j.model.AlbertParameters;
import dev.albert4j.model.AlbertParameters.Parameter;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // a PointerScope acts by being open
class AlbertModelTest {
    private final List<Example> examples = TinyModels.examples(5, 1);

    @Test
    void gradientsAgreeWithFiniteDifferences() {
        try (AlbertModel model = new AlbertModel(TinyModels.weights());
                Optimizer gradients = Optimizer.adamW(List.of(model.parameters()), 0)) {
            loss(model, true);
            for (Map.Entry<String, Tensor> parameter : model.parameters().entrySet()) {
                float[] values = Tensors.floats(parameter.getValue());
                float[] gradient = Tensors.floats(parameter.getValue().grad());
                for (int i = 0; i < values.length; i += 1 + values.length / 5) {
                    float[] shifted = values.clone();
                    float epsilon = 4e-3f;
                    shifted[i] = values[i] + epsilon;
                    Tensors.set(parameter.getValue(), shifted);
                    double above = loss(model, false);
                    shifted[i] = values[i] - epsilon;
                    Tensors.set(parameter.getValue(), shifted);
                    double below = loss(model, false);
                    assertThat((double) gradient[i])
                            .as(parameter.getKey() + "[" + i + "]")
                            .isCloseTo((above - below) / (2 * epsilon), within(2e-3));
                }
                Tensors.set(parameter.getValue(), values);
            }
        }
    }

    private double loss(AlbertModel model, boolean backward) {
        long[] labels = examples.stream()
                .mapToLong(example -> (long) example.target()[0])
                .toArray();
        try (PointerScope scope = new PointerScope()) {
            Tensor logits = model.logits(PackedBatch.of(TinyModels.batch(examples)));
            Tensor loss = cross_entropy_loss(logits, tensor(labels));
            if (backward) {
                loss.backward();
            }
            return loss.item_float();
        }
    }

    @Test
    void thePooledStateNeedsNoMoreThanTheFirstTokensOfTheLastLayer() {
        try (PointerScope scope = new PointerScope();
                AlbertModel model = new AlbertModel(TinyModels.weights())) {
            PackedBatch batch = PackedBatch.of(TinyModels.batch(examples));
            Tensor all = model.lastHiddenState(batch, state -> {});
            float[] expected = Tensors.floats(model.pooler(all.index_select(0, batch.firstTokens())));
            assertThat(Tensors.floats(model.pooled(batch))).containsExactly(expected, within(1e-6f));
        }
    }

    @Test
    void statesOfSomeTokensAreThoseOfThePassOverAll() {
        try (PointerScope scope = new PointerScope();
                AlbertModel model = new AlbertModel(TinyModels.weights())) {
            PackedBatch batch = PackedBatch.of(TinyModels.batch(examples));
            List<long[]> places = new ArrayList<>(); // one to three of each sequence, the last ones first
            long end = 0;
            for (int i = 0; i < examples.size(); i++) {
                end += examples.get(i).length();
                places.add(LongStream.of(end - 1, end - 2, end - 3)
                        .limit(1 + i % 3)
                        .toArray());
            }
            SomeTokens some = SomeTokens.of(batch, places, model.device());
            Tensor all = model.lastHiddenState(batch, state -> {});
            float[] expected = Tensors.floats(all.index_select(0, some.places()));
            assertThat(Tensors.floats(model.lastHiddenState(batch, some))).containsExactly(expected, within(1e-6f));
        }
    }

    @Test
    void aBatchGivesWhatItsSequencesGiveAlone() {
        try (PointerScope scope = new PointerScope();
                AlbertModel model = new AlbertModel(TinyModels.weights())) {
            float[] together = Tensors.floats(model.logits(PackedBatch.of(TinyModels.batch(examples))));
            for (int i = 0; i < examples.size(); i++) {
                Batch alone = TinyModels.batch(examples.subList(i, i + 1));
                assertThat(Arrays.copyOfRange(together, 2 * i, 2 * i + 2))
                        .containsExactly(Tensors.floats(model.logits(PackedBatch.of(alone))), within(1e-6f));
            }
        }
    }

    @Test
    void dropoutKeepsTheMeanAndDropsItsShare() {
        try (PointerScope scope = new PointerScope()) {
            Dropout dropout = new Dropout();
            dropout.seed(5);
            float[] values = Tensors.floats(dropout.apply(ones(100_003), 0.25));
            int dropped = 0;
            for (float value : values) {
                assertThat(value).isIn(0f, 1 / 0.75f);
                dropped += value == 0 ? 1 : 0;
            }
            assertThat(dropped).isBetween(24_300, 25_700); // five standard deviations
            assertThat(Tensors.floats(dropout.apply(ones(100_003), 0.25))).isNotEqualTo(values);
        }
    }

    @Test
    void aReplicaSharesValuesButNotGradients() {
        try (AlbertModel model = new AlbertModel(TinyModels.weights());
                AlbertModel replica = model.replica();
                Optimizer gradients = Optimizer.adamW(List.of(model.parameters(), replica.parameters()), 0)) {
            double loss = loss(model, false);
            assertThat(loss(replica, true)).isEqualTo(loss);
            assertThat(Tensors.floats(
                            Tensors.named(model.parameters(), "classifier.bias").grad()))
                    .containsOnly(0);
            assertThat(Tensors.floats(Tensors.named(replica.parameters(), "classifier.bias")
                            .grad()))
                    .doesNotContain(0);
            Tensors.set(Tensors.named(model.parameters(), "classifier.bias"), new float[] {1, -1});
            assertThat(loss(replica, false)).isNotEqualTo(loss).isEqualTo(loss(model, false));
        }
    }

    @Test
    void weightsComeOutAsTheyWentIn() {
        AlbertWeights weights = TinyModels.weights();
        try (AlbertModel model = new AlbertModel(weights)) {
            AlbertWeights out = model.weights();
            for (Parameter parameter : AlbertParameters.of(TinyModels.config())) {
                assertThat(out.values(parameter.name())).isEqualTo(weights.values(parameter.name()));
            }
        }
    }

    @Test
    void hiddenDropoutActsAfterTheFeedForwardAsInGooglesCode() {
        var config = TinyModels.config().toBuilder().hiddenDropoutProb(0.5).build();
        AlbertWeights initial = AlbertWeights.initialize(config, 7);
        Map<String, float[]> values = new LinkedHashMap<>();
        for (String name : initial.names()) {
            float[] array = initial.values(name).clone();
            // Zeros where dropout acts before: dropping some of them changes nothing. The E→H map's bias is the input
            // then.
            if (name.startsWith("albert.embeddings.LayerNorm") || name.contains("attention.dense")) {
                Arrays.fill(array, 0);
            } else if (name.endsWith("embedding_hidden_mapping_in.bias")) {
                for (int i = 0; i < array.length; i++) {
                    array[i] = i;
                }
            }
            values.put(name, array);
        }
        try (PointerScope scope = new PointerScope();
                AlbertModel model = new AlbertModel(AlbertWeights.of(config, values))) {
            PackedBatch batch = PackedBatch.of(TinyModels.batch(examples));
            float[] without = Tensors.floats(model.logits(batch));
            model.train(1);
            assertThat(Tensors.floats(model.logits(batch))).isNotEqualTo(without);
            values.keySet().stream()
                    .filter(name -> name.contains("ffn_output"))
                    .forEach(name -> Tensors.set(
                            Tensors.named(model.parameters(), name), new float[Tensors.named(values, name).length]));
            float[] dropped = Tensors.floats(model.logits(batch));
            model.evaluate();
            assertThat(Tensors.floats(model.logits(batch))).isEqualTo(dropped);
        }
    }

    @Test
    void theLookupOfIdZeroHasAGradientAsInGooglesCode() {
        int[] ids = {2, 0, 7, 3};
        try (PointerScope scope = new PointerScope();
                AlbertModel model = new AlbertModel(TinyModels.weights());
                Optimizer gradients = Optimizer.adamW(List.of(model.parameters()), 0)) {
            Batch batch = TinyModels.batch(List.of(Example.of(ids, new int[4], 1)));
            cross_entropy_loss(model.logits(PackedBatch.of(batch)), tensor(new long[] {1}))
                    .backward();
            float[] gradient =
                    Tensors.floats(Tensors.named(model.parameters(), "albert.embeddings.word_embeddings.weight")
                            .grad());
            int e = TinyModels.config().embeddingSize();
            assertThat(Arrays.copyOfRange(gradient, 0, e)).doesNotContain(0);
            assertThat(Arrays.copyOfRange(gradient, e, 2 * e)).containsOnly(0);
        }
    }

    @Test
    void dropoutActsInTrainingOnly() {
        AlbertWeights weights = TinyModels.weights();
        var config = weights.config().toBuilder()
                .hiddenDropoutProb(0.5)
                .attentionProbsDropoutProb(0.5)
                .classifierDropoutProb(0.5)
                .build();
        try (PointerScope scope = new PointerScope();
                AlbertModel plain = new AlbertModel(weights);
                AlbertModel dropping = new AlbertModel(AlbertWeights.initialize(config, 7))) {
            PackedBatch batch = PackedBatch.of(TinyModels.batch(examples));
            float[] expected = Tensors.floats(plain.logits(batch));
            assertThat(Tensors.floats(dropping.logits(batch))).isEqualTo(expected);
            dropping.train(1);
            float[] first = Tensors.floats(dropping.logits(batch));
            dropping.train(1);
            assertThat(Tensors.floats(dropping.logits(batch))).isEqualTo(first).isNotEqualTo(expected);
            dropping.evaluate();
            assertThat(Tensors.floats(dropping.logits(batch))).isEqualTo(expected);
        }
    }
}
