package dev.albert4j.task;

import com.fasterxml.jackson.databind.JsonNode;
import dev.albert4j.model.AlbertConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Thresholds that a model's configuration keeps: {@code label_thresholds} of a {@link MultiLabelClassifier} and {@code
 * no_answer_threshold} of a {@link QuestionAnswerer}. Other programs leave these fields as they are.
 */
public final class ModelThresholds {
    private ModelThresholds() {}

    /** A configuration without thresholds: those of a model do not fit the one that is trained from it. */
    public static AlbertConfig without(AlbertConfig config) {
        Map<String, JsonNode> fields = new LinkedHashMap<>(config.others());
        fields.keySet().removeAll(List.of(LabelThresholds.FIELD, NoAnswerThreshold.FIELD));
        return config.toBuilder().others(fields).build();
    }

    /** A configuration with the thresholds that {@link dev.albert4j.metric.Report#chosen} tells. */
    public static AlbertConfig with(AlbertConfig config, Map<String, JsonNode> chosen) {
        Map<String, JsonNode> fields = new LinkedHashMap<>(config.others());
        fields.putAll(chosen);
        return config.toBuilder().others(fields).build();
    }
}
