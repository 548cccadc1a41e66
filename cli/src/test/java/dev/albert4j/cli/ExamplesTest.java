package dev.albert4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of examples/README.md, with one epoch each. */
class ExamplesTest {
    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

    @TempDir
    Path work;

    @Test
    void theCommandsOfThePageRunAsWritten() throws IOException {
        List<String> commands = commands(Files.readString(HOME.resolve("examples/README.md")));
        assertThat(commands.stream().filter(command -> command.contains("finetune")))
                .hasSizeGreaterThanOrEqualTo(7);
        for (String command : commands) {
            List<String> words = words(command);
            if (words.get(0).equals("cp")) {
                Files.copy(Path.of(words.get(1)), Path.of(words.get(2)));
                continue;
            }
            assertThat(words.get(0)).isEqualTo("./albert");
            int input = words.indexOf("<");
            String given = input < 0 ? "" : Files.readString(Path.of(words.get(input + 1)));
            CommandRun run = CommandRun.withInput(
                            given,
                            words.subList(1, input < 0 ? words.size() : input).toArray())
                    .succeeds();
            assertThat(run.out().isEmpty())
                    .as("%s prints its result", command)
                    .isEqualTo(words.get(1).equals("train-tokenizer"));
        }
        for (Path model : List.of(work.resolve("names-zh"), work.resolve("answers"))) {
            assertThat(Files.readString(model.resolve("report.html"))).contains("Worst errors");
        }
        assertThat(Files.readString(work.resolve("messages/dev.html"))).contains("Calibration", "Worst errors");
    }

    /** The indented lines, those that end with a backslash joined to the next. */
    private static List<String> commands(String page) {
        List<String> commands = new ArrayList<>();
        StringBuilder command = new StringBuilder();
        for (String line : page.lines().filter(line -> line.startsWith("    ")).toList()) {
            boolean open = line.endsWith("\\");
            command.append(open ? line.substring(0, line.length() - 1) : line);
            if (!open) {
                commands.add(command.toString().strip());
                command.setLength(0);
            }
        }
        return commands;
    }

    private List<String> words(String command) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(command.replaceFirst("--epochs \\d+", "--epochs 1"));
        while (matcher.find()) {
            String word = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
            if (word.startsWith("examples/")) {
                word = HOME.resolve(word).toString();
            } else if (word.startsWith("runs/")) {
                word = work.resolve(word.substring("runs/".length())).toString();
            } else if (word.equals("albert-tiny-en")) {
                word = HOME.resolve("models").resolve(word).toString();
            }
            words.add(word);
        }
        return words;
    }
}
