package dev.albert4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RankedQueryReaderTest {
    @TempDir
    Path directory;

    @Test
    void labelsAreZeroOneOrGrades() throws IOException {
        Path file = write("""
                {"query":"rain","texts":["It rains.","Sun"],"labels":[1,0]}

                {"query":"sun","texts":["It rains.","Sun","A day"],"labels":[0,2.5,1]}
                """);
        assertThat(RankedQueryReader.read(file, false).examples())
                .containsExactly(
                        new RankedQuery("rain", List.of("It rains.", "Sun"), List.of(1.0, 0.0), 1),
                        new RankedQuery("sun", List.of("It rains.", "Sun", "A day"), List.of(0.0, 2.5, 1.0), 3));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"query\":\"q\",\"texts\":[\"a\",\"b\"],\"labels\":[0,0]}|no label is above 0",
                "{\"query\":\"q\",\"texts\":[\"a\",\"b\"],\"labels\":[1]}|1 labels for 2 texts",
                "{\"query\":\"q\",\"texts\":[\"a\",\"b\"],\"labels\":[1,-1]}|label 1 is -1.0",
                "{\"query\":\"q\",\"texts\":[\"a\",\"b\"],\"labels\":[1,\"0\"]}|label 1 is not a number",
                "{\"query\":\"q\",\"texts\":[\"a\",\"b\"],\"labels\":[1,1e999]}|label 1 is Infinity",
                "{\"query\":\"q\",\"texts\":[\"a\"],\"labels\":[1]}|1 texts to rank",
                "{\"query\":\"q\",\"texts\":[\"a\",\" \"],\"labels\":[1,0]}|text 1 is empty",
                "{\"query\":\"q\",\"texts\":[\"a\",7],\"labels\":[1,0]}|text 1 is not a string",
                "{\"query\":\" \",\"texts\":[\"a\",\"b\"],\"labels\":[1,0]}|the query is empty",
                "{\"texts\":[\"a\",\"b\"],\"labels\":[1,0]}|no text \"query\"",
                "{\"query\":\"q\",\"labels\":[1,0]}|no array \"texts\"",
                "{\"query\":\"q\",\"texts\":[\"a\",\"b\"]}|no array \"labels\"",
                "{\"query\":|is not JSON",
                "[1]|no text \"query\"",
            })
    void whatIsWrongIsSaidWithItsLineOrCounted(String line, String problem) throws IOException {
        Path file = write("{\"query\":\"q\",\"texts\":[\"a\",\"b\"],\"labels\":[1,0]}\n" + line + "\n");
        assertThatThrownBy(() -> RankedQueryReader.read(file, false))
                .isInstanceOf(DataFormatException.class)
                .hasMessageContaining("queries.jsonl line 2: ")
                .hasMessageContaining(problem);
        Examples<RankedQuery> read = RankedQueryReader.read(file, true);
        assertThat(read.examples()).hasSize(1);
        assertThat(read.numBad()).isEqualTo(1);
    }

    @Test
    void otherFilesAreRefused() {
        assertThatThrownBy(() -> RankedQueryReader.read(directory.resolve("queries.csv"), false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(".jsonl");
    }

    private Path write(String content) throws IOException {
        return Files.writeString(directory.resolve("queries.jsonl"), content);
    }
}
