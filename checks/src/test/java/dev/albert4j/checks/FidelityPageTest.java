package dev.albert4j.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The tests that docs/fidelity.md names: each is there, so that the page cannot rot. */
class FidelityPageTest {
    private static final Pattern NAMED = Pattern.compile("`(\\w+Test)#(\\w+)`(\\*?)");
    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();

    private static String page = "";
    private static final Map<String, String> SOURCES = new LinkedHashMap<>();

    @BeforeAll
    static void read() throws IOException {
        page = Files.readString(HOME.resolve("docs/fidelity.md"));
        for (String module : List.of("core", "onednn", "train", "onnx", "cli", "checks")) {
            Path tests = HOME.resolve(module).resolve("src/test/java");
            if (!Files.isDirectory(tests)) {
                continue;
            }
            try (Stream<Path> files = Files.walk(tests)) {
                for (Path file : files.filter(path -> path.toString().endsWith("Test.java"))
                        .toList()) {
                    String name = file.getFileName().toString().replace(".java", "");
                    assertThat(SOURCES.put(name, Files.readString(file)))
                            .as("two classes named %s", name)
                            .isNull();
                }
            }
        }
    }

    @Test
    void everyNamedTestExistsAndAStarMeansThatItReadsTheReferenceValues() {
        List<String> problems = new ArrayList<>();
        Matcher named = NAMED.matcher(page);
        int count = 0;
        for (; named.find(); count++) {
            String source = SOURCES.getOrDefault(named.group(1), "");
            String annotations = annotations(source, named.group(2));
            if (!annotations.contains("Test")) {
                problems.add(named.group() + " is no test");
                continue;
            }
            boolean tagged = annotations.contains("@Tag(\"shared\")") || source.contains("\n@Tag(\"shared\")\n");
            if (tagged == named.group(3).isEmpty()) {
                problems.add(named.group() + (tagged ? " needs a star" : " needs no star"));
            }
        }
        assertThat(problems).isEmpty();
        assertThat(count).isGreaterThan(50);
    }

    /** What stands between the member before a method and the method. */
    private static String annotations(String source, String method) {
        int end = source.indexOf("    void " + method + "(");
        return end < 0 ? "" : source.substring(source.lastIndexOf("\n\n", end) + 1, end);
    }

    @Test
    void everyRowNamesATestOrSaysThatItBelongsToLaterWork() {
        assertThat(page.lines()
                        .filter(line -> line.startsWith("| ") && !line.startsWith("| ---") && !line.endsWith("test |"))
                        .filter(line -> !NAMED.matcher(line).find() && !line.contains("later work")))
                .isEmpty();
    }

    @Test
    void everyNumberedDifferenceOfTheReferencesHasARow() {
        for (int number = 1; number <= 13; number++) {
            assertThat(page).containsPattern("(?m)^\\| " + number + "[a-z]? \\|");
        }
    }
}
