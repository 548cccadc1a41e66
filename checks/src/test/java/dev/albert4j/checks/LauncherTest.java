package dev.albert4j.checks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as a user starts it: the script {@code albert}, as a process, from somewhere else. */
class LauncherTest {
    private static final Path LAUNCHER = Path.of("").toAbsolutePath().resolveSibling("albert");
    private static final String CHINESE = "这部电影很好看";

    @TempDir
    static Path work;

    /** What a run of the program left. */
    private record Run(int status, String out, String err) {}

    /** Builds, where that is due, and makes a vocabulary to work with. */
    @BeforeAll
    static void trainTokenizer() throws Exception {
        Path corpus = Files.writeString(work.resolve("corpus.txt"), (CHINESE + " a good film\n").repeat(50));
        Run run = shell("\"$ALBERT\" train-tokenizer --corpus " + corpus + " --vocab-size 30 --output tokenizer");
        assertThat(run.status()).as(run.err()).isZero();
    }

    @Test
    void theProgramRunsThroughALinkFromAnotherDirectory() throws Exception {
        Path bin = Files.createDirectories(work.resolve("some where"));
        Files.createSymbolicLink(bin.resolve("albert-link"), LAUNCHER);
        Run run = shell("echo 'a good film' | './some where/albert-link' tokenize tokenizer");
        assertThat(run.status()).as(run.err()).isZero();
        JsonNode line = new ObjectMapper().readTree(run.out());
        assertThat(line.get("tokens").toString()).contains("[CLS]", "▁");
    }

    @Test
    void chineseArgumentsArriveWhateverTheLocale() throws Exception {
        for (String locale : List.of("LC_ALL=C", "LC_ALL=POSIX", "LC_ALL=C.UTF-8", "LANG=", "LC_CTYPE=C")) {
            Run run = shell("env -u LC_ALL -u LANG -u LC_CTYPE " + locale + " \"$ALBERT\" inspect " + CHINESE);
            assertThat(run.status()).isEqualTo(2);
            assertThat(run.err()).as(locale).contains("no model \"" + CHINESE + "\"");
        }
    }

    @Test
    void theUsersCollectorIsTaken() throws Exception {
        Run run = shell("echo film | ALBERT_JAVA_OPTS=-XX:+UseG1GC \"$ALBERT\" tokenize tokenizer");
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out()).contains("[CLS]");
    }

    @Test
    void anOptionThatTheJvmDoesNotKnowIsRefused() throws Exception {
        Run run = shell("ALBERT_JAVA_OPTS=-XX:NoSuchOption=1 \"$ALBERT\" --version");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("NoSuchOption");
    }

    @Test
    void chineseTextPassesThroughWhateverTheLocale() throws Exception {
        Run run = shell("echo " + CHINESE + " | LC_ALL=C \"$ALBERT\" tokenize tokenizer");
        String tokens = new ObjectMapper().readTree(run.out()).get("tokens").toString();
        assertThat(tokens.replaceAll("[\",▁]", "")).contains(CHINESE);
        assertThat(tokens).doesNotContain("<unk>");
    }

    @Test
    void aPipeThatIsClosedEarlyIsNoError() throws Exception {
        Run run = shell(
                "yes 'a good film' | head -200000 | { \"$ALBERT\" tokenize tokenizer; echo $? > status; } | head -1");
        assertThat(run.status()).isZero();
        assertThat(run.out().lines()).hasSize(1);
        assertThat(ownLines(run.err())).isEmpty();
        assertThat(work.resolve("status")).content().startsWith("141");
    }

    @Test
    void closedStreamsAreEmptyOnes() throws Exception {
        Run input = shell("\"$ALBERT\" tokenize tokenizer <&-");
        assertThat(input.status()).as(input.err()).isZero();
        assertThat(input.out()).isEmpty();
        assertThat(shell("\"$ALBERT\" --version >&-").status()).isZero();
        assertThat(shell("\"$ALBERT\" tokenize none 2>&-").status()).isEqualTo(2);
    }

    @Test
    void aMistakeGivesOneLine() throws Exception {
        Run run = shell("\"$ALBERT\" predict none text");
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(ownLines(run.err())).hasSize(1);
    }

    @Test
    void theQuickstartRunsToItsEnd() throws Exception {
        Run run = shell("\"$ALBERT\" quickstart --output quick");
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out()).contains("macro avg", "What next:");
        assertThat(work.resolve("quick").resolve("model.safetensors")).exists();
    }

    /** What the program says itself, without the JVM's warnings. */
    private static List<String> ownLines(String err) {
        return err.lines().filter(line -> !line.startsWith("WARNING: ")).toList();
    }

    private static Run shell(String command) throws IOException, InterruptedException {
        Path out = Files.createTempFile(work, "out", null);
        Path err = Files.createTempFile(work, "err", null);
        // A file, because this JVM may itself run where Chinese arguments are lost.
        Path script = Files.writeString(work.resolve("command.sh"), command);
        ProcessBuilder builder = new ProcessBuilder("bash", script.toString())
                .directory(work.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("ALBERT", LAUNCHER.toString());
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        assertThat(process.waitFor(10, TimeUnit.MINUTES)).as(command).isTrue();
        return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
    }
}
