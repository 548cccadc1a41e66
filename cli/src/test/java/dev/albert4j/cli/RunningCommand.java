package dev.albert4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** The command line in a process of its own. */
final class RunningCommand implements AutoCloseable {
    private final Process process;
    private final BufferedReader err;
    private final List<String> lines = new ArrayList<>();

    RunningCommand(Object[] args) throws IOException {
        List<String> command = new ArrayList<>();
        if (System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")) {
            // A build in the background of a shell ignores SIGINT, and so would its children.
            command.addAll(List.of("env", "--default-signal=INT"));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Albert.class.getName()));
        for (Object arg : args) {
            command.add(arg.toString());
        }
        process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        err = new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
    }

    /** Waits for a line of stderr. */
    void await(String begin) throws IOException {
        for (String line = err.readLine(); line != null; line = err.readLine()) {
            lines.add(line);
            if (line.startsWith(begin)) {
                return;
            }
        }
        throw new AssertionError("no line begins with \"" + begin + "\": " + lines);
    }

    void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    /** Kills the processes that this one started; gives their number. */
    long killChildren() {
        return process.children().filter(ProcessHandle::destroyForcibly).count();
    }

    int status() throws IOException, InterruptedException {
        for (String line = err.readLine(); line != null; line = err.readLine()) {
            lines.add(line);
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("%s", lines).isTrue();
        return process.exitValue();
    }

    String lastLine() {
        return lines.get(lines.size() - 1);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
