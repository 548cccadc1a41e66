package dev.albert4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.bytedeco.pytorch.global.torch.cross_entropy_loss;
import static org.bytedeco.pytorch.global.torch.tensor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertParameters;
import dev.albert4j.model.Batch;
import dev.albert4j.model.Head;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("shared")
@SuppressWarnings("try") // a PointerScope acts by being open
class GoldenModelTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a-pretraining",
                "b-classification-groups",
                "c-token-classification-equal-width",
                "d-question-answering",
                "e-multiple-choice",
                "f-multi-label",
                "f-regression",
                "g-encoder-only"
            })
    void everyIntermediateValueIsHuggingFaces(String name) throws IOException {
        GoldenCase golden = GoldenCase.read(name);
        AlbertConfig config = golden.weights().config();
        JsonNode sequences = golden.inputs().get("sequences");
        try (PointerScope scope = new PointerScope();
                AlbertModel model = new AlbertModel(golden.weights())) {
            PackedBatch batch = PackedBatch.of(batch(sequences));
            List<float[]> states = new ArrayList<>();
            model.lastHiddenState(batch, state -> states.add(Tensors.floats(state)));
            boolean pooler = AlbertParameters.hasPooler(config.head());
            float[] pooled = pooler ? Tensors.floats(model.pooled(batch)) : new float[0];
            int start = 0;
            for (int i = 0; i < sequences.size(); i++) {
                int length = sequences.get(i).get("ids").size();
                assertRows(states.get(0), start, length, config.embeddingSize(), golden.expected("embeddings." + i));
                for (int k = 1; k < states.size(); k++) {
                    float[] expected = golden.expected("hidden_states." + i + "." + (k - 1));
                    assertRows(states.get(k), start, length, config.hiddenSize(), expected);
                }
                if (pooler) {
                    assertRows(pooled, i, 1, config.hiddenSize(), golden.expected("pooler_output." + i));
                }
                start += length;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"b-classification-groups", "f-multi-label", "f-regression"})
    void logitsOfSequenceClassificationAreHuggingFaces(String name) throws IOException {
        GoldenCase golden = GoldenCase.read(name);
        JsonNode sequences = golden.inputs().get("sequences");
        try (PointerScope scope = new PointerScope();
                AlbertModel model = new AlbertModel(golden.weights())) {
            float[] logits = Tensors.floats(model.logits(PackedBatch.of(batch(sequences))));
            int numLabels = golden.weights().config().numLabels();
            for (int i = 0; i < sequences.size(); i++) {
                assertRows(logits, i, 1, numLabels, golden.expected("logits." + i));
            }
        }
    }

    @Test
    void lossAndGradientsOfClassificationAreHuggingFaces() throws IOException {
        GoldenCase golden = GoldenCase.read("b-classification-groups");
        assertThat(golden.weights().config().head()).isEqualTo(Head.SEQUENCE_CLASSIFICATION);
        List<JsonNode> sequences = new ArrayList<>();
        golden.inputs()
                .at("/batch/sequences")
                .forEach(i -> sequences.add(golden.inputs().get("sequences").get(i.asInt())));
        long[] labels = IntStream.range(0, sequences.size())
                .mapToLong(i -> golden.inputs().at("/labels/labels/" + i).asLong())
                .toArray();
        try (PointerScope scope = new PointerScope();
                AlbertModel model = new AlbertModel(golden.weights())) {
            Tensor loss = cross_entropy_loss(model.logits(PackedBatch.of(batch(sequences))), tensor(labels));
            loss.backward();
            assertThat(loss.item_float()).isCloseTo(golden.expected("loss")[0], within(1e-5f));
            for (Map.Entry<String, Tensor> parameter : model.parameters().entrySet()) {
                assertThat(Tensors.floats(parameter.getValue().grad()))
                        .as(parameter.getKey())
                        .containsExactly(golden.expected("grad." + parameter.getKey()), within(1e-4f));
            }
        }
    }

    private static Batch batch(Iterable<JsonNode> sequences) {
        List<int[]> ids = new ArrayList<>();
        List<int[]> typeIds = new ArrayList<>();
        for (JsonNode sequence : sequences) {
            ids.add(ints(sequence.get("ids")));
            typeIds.add(ints(sequence.get("type_ids")));
        }
        return Batch.of(ids.toArray(int[][]::new), typeIds.toArray(int[][]::new));
    }

    private static int[] ints(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
    }

    private static void assertRows(float[] actual, int start, int rows, int width, float[] expected) {
        float[] found = java.util.Arrays.copyOfRange(actual, start * width, (start + rows) * width);
        assertThat(found).containsExactly(expected, within(1e-5f));
    }
}
