package dev.albert4j.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes down how a run goes: a file of JSON lines, and event files for TensorBoard where they are asked for. Steps are
 * gathered in groups, at most about a thousand in a run: a line has the group's last step and learning rate, the mean of its
 * losses and gradient norms, and its tokens per second. Evaluations have a line each, with all metrics.
 *
 * <p>A run that goes on from a checkpoint goes on with its log: what was written after the checkpoint is taken back. Not
 * thread-safe.
 */
public final class RunLog implements Closeable {
    private static final int MAX_GROUPS = 1000;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final @Nullable EventFile events;
    private @Nullable BufferedWriter out;
    private final List<StepReport> group = new ArrayList<>();

    private RunLog(Path file, @Nullable EventFile events) {
        this.file = file;
        this.events = events;
    }

    /**
     * A log that begins with the first step, or goes on with the first call of {@link #resume}.
     *
     * @param file to write; one that is there is replaced, unless the run goes on
     * @param tensorboard directory for event files, or null for none
     */
    public static RunLog of(Path file, @Nullable Path tensorboard) throws IOException {
        return new RunLog(file, tensorboard == null ? null : new EventFile(tensorboard));
    }

    /** Goes on with the log of a run that stands after this step: lines about later ones are left out. */
    public void resume(long step) throws IOException {
        if (Files.exists(file)) {
            Path kept = file.resolveSibling("." + file.getFileName() + ".part");
            try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8);
                    BufferedWriter writer = Files.newBufferedWriter(kept, StandardCharsets.UTF_8)) {
                for (String line = lines.readLine(); line != null && isUpTo(step, line); line = lines.readLine()) {
                    writer.write(line);
                    writer.write('\n');
                }
            }
            Files.move(kept, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        }
        begin(step + 1, StandardOpenOption.APPEND);
    }

    private BufferedWriter begin(long step, StandardOpenOption option) throws IOException {
        BufferedWriter writer =
                Files.newBufferedWriter(file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, option);
        out = writer;
        if (events != null) {
            events.start(step);
        }
        return writer;
    }

    /** Half a line, of a run that was killed, is not. */
    private static boolean isUpTo(long step, String line) {
        try {
            return JSON.readTree(line).path("step").asLong(Long.MAX_VALUE) <= step;
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    /** Takes down a step. */
    public void step(StepReport report) throws IOException {
        group.add(report);
        long size = (report.totalSteps() + MAX_GROUPS - 1) / MAX_GROUPS;
        if (report.step() % size == 0 || report.step() == report.totalSteps()) {
            endGroup();
        }
    }

    /** Takes down an evaluation. */
    public void evaluation(Evaluation evaluation) throws IOException {
        endGroup();
        ObjectNode line = line("evaluation", evaluation.step(), evaluation.epoch());
        line.put("metric", evaluation.metric()).put("best", evaluation.best());
        Map<String, Double> metrics = evaluation.report().metrics();
        metrics.forEach(line.putObject("metrics")::put);
        write(line);
        for (Map.Entry<String, Double> metric : metrics.entrySet()) {
            scalar("dev/" + metric.getKey(), evaluation.step(), metric.getValue());
        }
    }

    /** Takes down a spike of the loss. */
    public void spike(LossSpikes.Spike spike, int epoch) throws IOException {
        ObjectNode line = line("spike", spike.step(), epoch + 1);
        line.put("loss", spike.loss()).put("mean", spike.mean()).put("deviation", spike.deviation());
        write(line);
    }

    private void endGroup() throws IOException {
        if (group.isEmpty()) {
            return;
        }
        StepReport last = group.get(group.size() - 1);
        double loss = group.stream().mapToDouble(StepReport::loss).average().orElseThrow();
        double gradNorm =
                group.stream().mapToDouble(StepReport::gradNorm).average().orElseThrow();
        double tokens = group.stream().mapToDouble(StepReport::numTokens).sum();
        double seconds = group.stream()
                .mapToDouble(step -> step.numTokens() / step.tokensPerSecond())
                .sum();
        group.clear();
        ObjectNode line = line("steps", last.step(), last.epoch() + 1);
        line.put("loss", loss).put("grad_norm", gradNorm).put("learning_rate", last.learningRate());
        line.put("tokens_per_second", Math.rint(tokens / seconds));
        write(line);
        scalar("train/loss", last.step(), loss);
        scalar("train/grad_norm", last.step(), gradNorm);
        scalar("train/learning_rate", last.step(), last.learningRate());
        scalar("train/tokens_per_second", last.step(), tokens / seconds);
    }

    private static ObjectNode line(String type, long step, int epoch) {
        ObjectNode line = JSON.createObjectNode();
        line.put("type", type).put("step", step).put("epoch", epoch);
        line.put("time", Instant.now().toString());
        return line;
    }

    private void write(ObjectNode line) throws IOException {
        BufferedWriter writer = out == null ? begin(1, StandardOpenOption.TRUNCATE_EXISTING) : out;
        writer.write(line + "\n");
        writer.flush(); // someone may be watching
    }

    private void scalar(String name, long step, double value) throws IOException {
        if (events != null) {
            events.scalar(name, step, value);
        }
    }

    /** Writes what is left of a group, and closes the files. */
    @Override
    public void close() throws IOException {
        try (events) {
            endGroup();
        } finally {
            if (out != null) {
                out.close();
            }
        }
    }
}
