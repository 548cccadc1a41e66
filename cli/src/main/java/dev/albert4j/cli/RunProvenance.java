package dev.albert4j.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.model.Provenance;
import dev.albert4j.train.Evaluation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a trained model tells of the run it comes from. */
final class RunProvenance {
    private RunProvenance() {}

    /**
     * @param command as it was given
     * @param files of data
     * @param settings a JSON object
     * @param best the evaluation that chose the weights, if there was one
     */
    static Provenance of(
            List<String> command, List<Path> files, ObjectNode settings, long seed, @Nullable Evaluation best)
            throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        Map<String, JsonNode> config = new LinkedHashMap<>();
        settings.properties().forEach(entry -> config.put(entry.getKey(), entry.getValue()));
        List<Provenance.DataFile> hashes = new ArrayList<>();
        for (Path file : files) {
            hashes.add(Provenance.DataFile.of(file));
        }
        Provenance provenance =
                Provenance.now(command).withConfig(config).withData(hashes).withSeed(seed);
        if (best == null) {
            return provenance;
        }
        Map<String, JsonNode> metrics = new LinkedHashMap<>();
        best.report().metrics().forEach((name, value) -> metrics.put(name, mapper.valueToTree(value)));
        metrics.put("epoch", mapper.valueToTree(best.epoch()));
        return provenance.withMetrics(metrics);
    }
}
