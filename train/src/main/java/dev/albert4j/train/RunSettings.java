package dev.albert4j.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertParameters;
import dev.albert4j.model.AlbertParameters.Parameter;
import dev.albert4j.model.AlbertWeights;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * What a run is started with, and its continuation must be started with too. Do not change the JSON it holds.
 *
 * @param train the {@link TrainConfig}, an object
 * @param data labels, loss, and checksums of the examples and of the initial weights, an object
 */
public record RunSettings(JsonNode train, JsonNode data) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TRAIN = "train";
    private static final String DATA = "data";
    /** What may differ between a run and its continuation. */
    private static final List<String> FREE = List.of("numThreads");

    static RunSettings of(TrainConfig config, AlbertWeights start, TrainingTask task) {
        AlbertConfig model = start.config();
        ObjectNode data = JSON.createObjectNode();
        model.labels().forEach(data.putArray("labels")::add);
        task.fingerprint().forEach(data::put);
        data.put("initialWeights", checksum(start));
        return parse(Map.of(TRAIN, config.toJson(), DATA, data.toString()));
    }

    /** The settings that {@link #texts} gave. */
    static RunSettings parse(Map<String, String> texts) {
        try {
            return new RunSettings(
                    JSON.readTree(texts.getOrDefault(TRAIN, "{}")), JSON.readTree(texts.getOrDefault(DATA, "{}")));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("a run's settings cannot be read: " + e.getOriginalMessage(), e);
        }
    }

    /** The same as texts, to be kept in a checkpoint. */
    Map<String, String> texts() {
        return Map.of(TRAIN, train.toString(), DATA, data.toString());
    }

    /** How the settings of an earlier run differ from these, a phrase each; nothing if it can be gone on with. */
    public List<String> differencesOf(RunSettings earlier) {
        List<String> differences = new ArrayList<>();
        compare(earlier.train, train, differences);
        compare(earlier.data, data, differences);
        return differences;
    }

    private static void compare(JsonNode there, JsonNode here, List<String> differences) {
        for (Iterator<String> names = here.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!FREE.contains(name) && !there.path(name).equals(here.path(name))) {
                differences.add(name + " " + there.path(name) + " there, " + here.path(name) + " here");
            }
        }
    }

    /** The same text for the same weights. */
    static String checksum(AlbertWeights weights) {
        CRC32C crc = new CRC32C();
        for (Parameter parameter : AlbertParameters.of(weights.config())) {
            float[] values = weights.values(parameter.name());
            ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
            bytes.asFloatBuffer().put(values);
            crc.update(bytes.array());
        }
        return "checksum " + Long.toHexString(crc.getValue());
    }
}
