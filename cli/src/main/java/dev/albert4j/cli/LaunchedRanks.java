package dev.albert4j.cli;

import dev.albert4j.train.Ranks;
import dev.albert4j.train.TrainingDevice;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The processes that rank 0 has started on its machine, one for each other rank: the same command with the same JVM. What they
 * say on stderr is passed on with their rank before it. They end by themselves when rank 0 has left the ranks, however that came.
 */
final class LaunchedRanks implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 20;
    private static final String LAUNCHED = "albert4j.launched";
    private static final String JVM_WARNING = "WARNING: Using incubator modules"; // rank 0 has said it

    private final List<String> command;
    private final TrainingDevice device;
    private final List<Process> processes = new ArrayList<>();
    private final List<Thread> readers = new ArrayList<>();

    /**
     * @param args of this process, verb and all
     * @param more options to add
     * @param device on which all train, each process on one of its own
     */
    LaunchedRanks(List<String> args, List<String> more, TrainingDevice device) {
        this.device = device;
        command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> !flag.startsWith("-Dalbert4j.terminal") && !flag.startsWith("-agentlib:jdwp"))
                .forEach(command::add);
        command.addAll(List.of(
                "-D" + LAUNCHED + "=true", "-cp", System.getProperty("java.class.path"), Albert.class.getName()));
        for (int i = 0; i < args.size(); i++) {
            if (args.get(i).equals("--processes")) {
                i++; // and its value
            } else if (!args.get(i).startsWith("--processes=")) {
                command.add(args.get(i));
            }
        }
        command.addAll(more);
    }

    /** Whether this process was started by rank 0. */
    static boolean isOne() {
        return Boolean.getBoolean(LAUNCHED);
    }

    /** Starts the others of some ranks, and waits until they are there. */
    void join(Ranks ranks) throws IOException {
        for (int rank = 1; rank < ranks.size(); rank++) {
            List<String> line = new ArrayList<>(command);
            line.addAll(List.of("--rank=" + rank, "--ranks=" + ranks.size(), "--master=127.0.0.1:" + ranks.port()));
            ProcessBuilder builder = new ProcessBuilder(line).redirectOutput(ProcessBuilder.Redirect.DISCARD);
            builder.environment().putAll(device.environment(rank));
            Process process = builder.start();
            processes.add(process);
            process.getOutputStream().close();
            passOn(process, "rank " + rank + ": ");
        }
        ranks.meet(this::check);
    }

    private void passOn(Process process, String prefix) {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
        Thread reader = new Thread(
                () -> lines.lines()
                        .filter(line -> !line.startsWith(JVM_WARNING))
                        .forEach(line -> System.err.println(prefix + line)),
                prefix);
        reader.setDaemon(true);
        reader.start();
        readers.add(reader);
    }

    private void check() {
        for (int i = 0; i < processes.size(); i++) {
            if (!processes.get(i).isAlive()) {
                throw new UncheckedIOException(new IOException("the process of rank " + (i + 1) + " ended with status "
                        + processes.get(i).exitValue() + " before training began"));
            }
        }
    }

    /** Waits for their end, and kills those that do not come to it. */
    @Override
    public void close() {
        try {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            for (Process process : processes) {
                process.waitFor(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (int i = 0; i < processes.size(); i++) {
            Process process = processes.get(i);
            if (process.isAlive()) {
                process.destroyForcibly();
            } else if (process.exitValue() > Albert.STOPPED) {
                System.err.println("the process of rank " + (i + 1) + " ended with status " + process.exitValue());
            }
        }
        try {
            for (Thread reader : readers) {
                reader.join(TimeUnit.SECONDS.toMillis(1));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
