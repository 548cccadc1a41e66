package dev.albert4j.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertParameters;
import dev.albert4j.model.AlbertParameters.Parameter;
import dev.albert4j.model.AlbertWeights;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/** What a run is started with, and its continuation must be started with too: JSON objects by name. */
final class RunSettings {
    private RunSettings() {}

    static Map<String, String> of(TrainConfig config, AlbertWeights start, TrainingTask task) {
        AlbertConfig model = start.config();
        ObjectNode data = new ObjectMapper().createObjectNode();
        model.labels().forEach(data.putArray("labels")::add);
        task.fingerprint().forEach(data::put);
        data.put("initialWeights", checksum(start));
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("train", config.toJson());
        settings.put("data", data.toString());
        return settings;
    }

    private static String checksum(AlbertWeights weights) {
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
