package dev.albert4j.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.train.WrongSettingException;
import java.util.Map;
import picocli.CommandLine.ParseResult;

/** Options that are settings of training: which is which. */
record SettingOptions(Map<String, String> settings) {
    /** @param settings names of {@link dev.albert4j.train.TrainConfig}'s components by option */
    SettingOptions(Map<String, String> settings) {
        this.settings = Map.copyOf(settings);
    }

    /** Adds the settings whose options were given. */
    void addTo(ObjectNode json, ParseResult parsed) {
        ObjectMapper mapper = new ObjectMapper();
        settings.forEach((option, setting) -> {
            Object value = parsed.matchedOptionValue(option, null);
            if (value != null) {
                json.set(setting, mapper.valueToTree(value));
            }
        });
    }

    /** The same problem, told of the option where the setting was given as one. */
    IllegalArgumentException named(WrongSettingException wrong, ParseResult parsed) {
        return settings.entrySet().stream()
                .filter(setting ->
                        setting.getValue().equals(wrong.setting()) && parsed.hasMatchedOption(setting.getKey()))
                .findFirst()
                .map(setting -> new IllegalArgumentException(setting.getKey() + " " + wrong.problem(), wrong))
                .orElse(wrong);
    }
}
