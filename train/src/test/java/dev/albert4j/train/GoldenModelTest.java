package dev.albert4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.bytedeco.pytorch.global.torch.cross_entropy_loss;
import static org.bytedeco.pytorch.global.torch.tensor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertParameters;
import dev.albert4j.model.Batch;
import dev.albert4j.model.EncoderOutput;
import dev.albert4j.model.Head;
import dev.albert4j.model.OutputStates;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
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
        boolean hasPooler = AlbertParameters.hasPooler(config.head());
        try (TorchEncoder encoder = new TorchEncoder(golden.weights())) {
            Batch batch = batch(sequences);
            EncoderOutput all = encoder.encode(batch, OutputStates.ALL);
            EncoderOutput last = encoder.encode(batch, OutputStates.LAST);
            EncoderOutput pooled = encoder.encode(batch, OutputStates.POOLED);
            int h = config.hiddenSize();
            for (int i = 0; i < batch.numSequences(); i++) {
                int start = batch.start(i);
                int length = batch.length(i);
                assertRows(all.embeddings(), start, length, config.embeddingSize(), golden.expected("embeddings." + i));
                for (int k = 0; k < all.hiddenStates().size(); k++) {
                    float[] expected = golden.expected("hidden_states." + i + "." + k);
                    assertRows(all.hiddenStates().get(k), start, length, h, expected);
                }
                assertRows(last.lastHiddenState(), start, length, h, golden.expected("last_hidden_state." + i));
                for (EncoderOutput output : hasPooler ? List.of(all, last, pooled) : List.<EncoderOutput>of()) {
                    assertRows(output.poolerOutput(), i, 1, h, golden.expected("pooler_output." + i));
                }
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
                AlbertModel model = new AlbertModel(golden.weights());
                Optimizer gradients = Optimizer.adamW(List.of(model.parameters()), 0)) {
            Tensor loss = cross_entropy_loss(model.logits(PackedBatch.of(batch(sequences))), tensor(labels));
            loss.backward();
            assertThat(loss.item_float()).isCloseTo(golden.expected("loss")[0], within(1e-5f));
            assertGradients(model, golden);
        }
    }

    @Test
    void logitsOfMaskedTokensAndOfSentenceOrderAreHuggingFaces() throws IOException {
        GoldenCase golden = GoldenCase.read("a-pretraining");
        JsonNode sequences = golden.inputs().get("sequences");
        try (PointerScope scope = new PointerScope();
                AlbertModel model = new AlbertModel(golden.weights())) {
            PackedBatch batch = PackedBatch.of(batch(sequences));
            Tensor states = model.lastHiddenState(batch, state -> {});
            float[] order = Tensors.floats(
                    model.sentenceOrderLogits(model.pooler(states.index_select(0, batch.firstTokens()))));
            int start = 0;
            for (int i = 0; i < sequences.size(); i++) {
                int begin = start;
                long[] places = IntStream.of(ints(sequences.get(i).get("prediction_positions")))
                        .mapToLong(place -> begin + place)
                        .toArray();
                assertThat(Tensors.floats(model.predictionLogits(states.index_select(0, tensor(places)))))
                        .containsExactly(golden.expected("prediction_logits." + i), within(2e-5f));
                assertRows(order, i, 1, 2, golden.expected("sop_logits." + i));
                start += sequences.get(i).get("ids").size();
            }
        }
    }

    @Test
    void lossesAndGradientsOfPretrainingAreHuggingFaces() throws IOException {
        GoldenCase golden = GoldenCase.read("a-pretraining");
        List<JsonNode> sequences = new ArrayList<>();
        golden.inputs()
                .at("/batch/sequences")
                .forEach(i -> sequences.add(golden.inputs().get("sequences").get(i.asInt())));
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < sequences.size(); i++) {
            int[] ids = ints(sequences.get(i).get("ids"));
            float[] target = new float[ids.length];
            for (int t = 0; t < ids.length; t++) {
                target[t] = golden.inputs().at("/labels/labels/" + i + "/" + t).asInt();
            }
            examples.add(Example.of(ids, ints(sequences.get(i).get("type_ids")), target));
        }
        long[] swapped = IntStream.range(0, sequences.size())
                .mapToLong(i ->
                        golden.inputs().at("/labels/sentence_order_label/" + i).asLong())
                .toArray();
        try (PointerScope scope = new PointerScope();
                AlbertModel model = new AlbertModel(golden.weights());
                Optimizer gradients = Optimizer.adamW(List.of(model.parameters()), 0)) {
            PackedBatch batch = PackedBatch.of(batch(sequences));
            Tensor masked = Loss.MASKED_LM.of(model, batch, examples, TrainConfig.DEFAULT, ClassWeights.NONE);
            Tensor order = cross_entropy_loss(model.sentenceOrderLogits(model.pooled(batch)), tensor(swapped));
            Tensor loss = masked.add(order);
            loss.backward();
            assertThat(masked.item_float()).isCloseTo(golden.expected("loss.mlm")[0], within(1e-5f));
            assertThat(order.item_float()).isCloseTo(golden.expected("loss.sop")[0], within(1e-5f));
            assertThat(loss.item_float()).isCloseTo(golden.expected("loss")[0], within(1e-5f));
            assertGradients(model, golden);
        }
    }

    /** As training computes it: the last layer's feed-forward part at the tokens alone that a head reads. */
    @Test
    void theLossOfPretrainingAndItsGradientsAreHuggingFaces() throws IOException {
        GoldenCase golden = GoldenCase.read("a-pretraining");
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < golden.inputs().at("/batch/sequences").size(); i++) {
            JsonNode sequence = golden.inputs()
                    .get("sequences")
                    .get(golden.inputs().at("/batch/sequences/" + i).asInt());
            int[] ids = ints(sequence.get("ids"));
            int[] labels = ints(golden.inputs().at("/labels/labels/" + i));
            int[] places = IntStream.range(0, ids.length)
                    .filter(t -> labels[t] != Loss.IGNORED)
                    .toArray();
            examples.add(PretrainingLoss.example(
                    ids,
                    ints(sequence.get("type_ids")),
                    golden.inputs().at("/labels/sentence_order_label/" + i).asInt(),
                    places,
                    IntStream.of(places).map(t -> labels[t]).toArray()));
        }
        try (PointerScope scope = new PointerScope();
                AlbertModel model = new AlbertModel(golden.weights());
                Optimizer gradients = Optimizer.adamW(List.of(model.parameters()), 0)) {
            double sum = 0;
            for (List<Example> part : List.of(examples.subList(0, 1), examples.subList(1, examples.size()))) {
                Tensor loss = new PretrainingLoss(true).of(model, examples, part);
                loss.backward();
                sum += loss.item_float();
            }
            assertThat(sum).isCloseTo(golden.expected("loss")[0], within(1e-5));
            assertGradients(model, golden);
        }
    }

    private static void assertGradients(AlbertModel model, GoldenCase golden) {
        for (Map.Entry<String, Tensor> parameter : model.parameters().entrySet()) {
            assertThat(Tensors.floats(parameter.getValue().grad()))
                    .as(parameter.getKey())
                    .containsExactly(golden.expected("grad." + parameter.getKey()), within(1e-4f));
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
        float[] found = Arrays.copyOfRange(actual, start * width, (start + rows) * width);
        assertThat(found).containsExactly(expected, within(1e-5f));
    }
}
