package dev.albert4j.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.albert4j.data.DataFormatException;
import dev.albert4j.data.LineReader;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.ModelDirectory;
import dev.albert4j.tokenize.Encoding;
import dev.albert4j.tokenize.EncodingOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code albert encode}. */
@Command(
        name = "encode",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the encoder alone and writes its states as safetensors.",
            "For line I of the input (from 0): last_hidden_state.I [T,H] and, where the model has a pooler, pooler_output.I [H];"
                    + " with --all-layers also embeddings.I [T,E] and hidden_states.I.K [T,H], K = 0 after the E→H map."
        })
final class EncodeCommand implements Callable<Integer> {
    @Parameters(paramLabel = "MODEL", description = "model directory or shipped model")
    private String model = "";

    @Option(
            names = "--input",
            paramLabel = "FILE",
            required = true,
            description = "JSON lines: {\"ids\",\"type_ids\"}, or {\"text\",\"pair\"}")
    private Path input = Path.of("");

    @Option(names = "--output", paramLabel = "FILE", required = true, description = "safetensors file to write")
    private Path output = Path.of("");

    @Option(names = "--all-layers", description = "write the state after every layer too")
    private boolean allLayers;

    @Mixin
    private EngineOptions engine = new EngineOptions();

    /** A line's token ids and type ids. */
    private record Sequence(int[] ids, int[] typeIds) {}

    @Override
    public Integer call() throws IOException {
        OutputPath.checkFile(output);
        ModelDirectory directory = ModelDirectory.open(Models.resolve(model));
        List<Sequence> sequences = read(directory);
        try (Encoder encoder = engine.open(directory);
                ProgressBar progress = new ProgressBar("encoding")) {
            StatesWriter writer = new StatesWriter(encoder, allLayers);
            for (Sequence sequence : sequences) {
                writer.add(sequence.ids(), sequence.typeIds());
            }
            writer.write(output, done -> progress.show(done, sequences.size(), ""));
        }
        return 0;
    }

    private List<Sequence> read(ModelDirectory directory) throws IOException {
        ObjectMapper json = new ObjectMapper();
        List<Sequence> sequences = new ArrayList<>();
        try (LineReader lines = LineReader.open(input)) {
            for (String line = lines.next(); line != null; line = lines.next()) {
                if (line.isBlank()) {
                    continue;
                }
                try {
                    sequences.add(sequence(json.readTree(line), directory));
                } catch (JsonProcessingException e) {
                    throw new DataFormatException(input, lines.lineNumber(), "is not JSON: " + e.getOriginalMessage());
                } catch (IllegalArgumentException e) {
                    throw new DataFormatException(input, lines.lineNumber(), String.valueOf(e.getMessage()));
                }
            }
        }
        if (sequences.isEmpty()) {
            throw new DataFormatException(input, 0, "holds no line to encode");
        }
        return sequences;
    }

    private static Sequence sequence(JsonNode node, ModelDirectory directory) {
        AlbertConfig config = directory.config();
        JsonNode pair = node.path("pair");
        if (node.path("text").isTextual() && (pair.isTextual() || pair.isNull() || pair.isMissingNode())) {
            Encoding encoding = Models.tokenizer(directory)
                    .encode(
                            node.get("text").textValue(),
                            pair.textValue(),
                            EncodingOptions.DEFAULT.withMaxLength(config.maxPositionEmbeddings()));
            return new Sequence(encoding.ids(), encoding.typeIds());
        }
        int[] ids = ints(node, "ids", config.vocabSize());
        int[] typeIds = node.has("type_ids") ? ints(node, "type_ids", config.typeVocabSize()) : new int[ids.length];
        if (ids.length == 0 || ids.length > config.maxPositionEmbeddings() || typeIds.length != ids.length) {
            throw new IllegalArgumentException("has " + ids.length + " ids and " + typeIds.length
                    + " type_ids; allowed are 1 to " + config.maxPositionEmbeddings() + ", as many of both");
        }
        return new Sequence(ids, typeIds);
    }

    private static int[] ints(JsonNode node, String name, int end) {
        JsonNode array = node.path(name);
        if (!array.isArray()) {
            throw new IllegalArgumentException(
                    "needs a string \"text\" and perhaps \"pair\", or a list \"ids\" and perhaps \"type_ids\"");
        }
        int[] values = new int[array.size()];
        for (int i = 0; i < values.length; i++) {
            JsonNode value = array.get(i);
            if (!value.isInt() || value.intValue() < 0 || value.intValue() >= end) {
                throw new IllegalArgumentException(
                        name + "[" + i + "] is " + value + "; allowed are 0 to " + (end - 1));
            }
            values[i] = value.intValue();
        }
        return values;
    }
}
