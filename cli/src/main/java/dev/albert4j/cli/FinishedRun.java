package dev.albert4j.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.model.ModelDirectory;
import dev.albert4j.model.Provenance;
import dev.albert4j.train.RunSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A run whose model may already be there: known by what the model's provenance tells of its settings and data. */
final class FinishedRun {
    /** The entry of a provenance's metrics that is none. */
    static final String EPOCH = "epoch";

    private static final String RUN = "run";
    private static final String BITS = "bits";

    private final Path model;
    private final RunSettings settings;

    /**
     * @param model directory that the run writes
     * @param settings of the run
     * @param fp16 whether its weights are stored in 16 bits
     */
    FinishedRun(Path model, RunSettings settings, boolean fp16) {
        this.model = model;
        ObjectNode data = settings.data().deepCopy();
        this.settings = new RunSettings(settings.train(), data.put(BITS, fp16 ? 16 : 32));
    }

    /** A provenance that makes the run known later. */
    Provenance addTo(Provenance provenance) {
        Map<String, JsonNode> others = new LinkedHashMap<>(provenance.others());
        others.put(RUN, settings.data());
        return provenance.withOthers(others);
    }

    /** Whether there is a model. */
    boolean exists() {
        return Files.exists(model.resolve("config.json"));
    }

    /**
     * The metrics of the model that is there.
     *
     * @throws IllegalArgumentException if it comes from a run with other settings or data
     */
    Map<String, Double> metrics() throws IOException {
        Provenance provenance = ModelDirectory.open(model).provenance().orElse(Provenance.now(List.of()));
        ObjectNode train = new ObjectMapper().createObjectNode();
        train.setAll(provenance.config());
        JsonNode data = provenance.others().getOrDefault(RUN, new ObjectMapper().createObjectNode());
        List<String> differences = settings.differencesOf(new RunSettings(train, data));
        if (!differences.isEmpty()) {
            throw new IllegalArgumentException(model + " holds the model of a run with other settings or data: "
                    + String.join(", ", differences)
                    + "; use those to go on, or delete it, or choose another --output");
        }
        Map<String, Double> metrics = new LinkedHashMap<>();
        provenance.metrics().forEach((name, value) -> {
            if (!name.equals(EPOCH)) {
                metrics.put(name, value.asDouble(Double.NaN));
            }
        });
        return metrics;
    }
}
