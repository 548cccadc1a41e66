package dev.albert4j.checks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.albert4j.model.ModelDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every model in {@code models/} is: small, whole, and told where it comes from. */
class ShippedModelsTest {
    private static final long MAX_BYTES = 10_000_000;

    static List<Path> models() throws IOException {
        try (Stream<Path> models = Files.list(Path.of("..", "models"))) {
            return models.filter(Files::isDirectory).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void aShippedModelIsSmallAndWhole(Path model) throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.list(model)) {
            for (Path file : files.toList()) {
                bytes += Files.size(file);
            }
        }
        assertThat(bytes).isLessThan(MAX_BYTES);
        ModelDirectory directory = ModelDirectory.open(model);
        assertThat(directory.weights().names()).isNotEmpty();
        assertThat(directory.tokenizer()).isPresent();
        assertThat(directory.tokenizer().orElseThrow().vocabulary().size())
                .isEqualTo(directory.config().vocabSize());
    }

    @ParameterizedTest
    @MethodSource("models")
    void aShippedModelSaysWhereItComesFrom(Path model) throws IOException {
        assertThat(Files.readString(model.resolve("README.md"))).contains("Made by", "Licence", "Quality");
        String provenance = Files.readString(model.resolve("provenance.json"));
        assertThat(provenance).contains("sha256");
        assertThat(provenance).doesNotContainPattern("\"/[a-z]"); // a path of the machine it was made on
    }
}
