package dev.albert4j.checks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.albert4j.cpu.CpuEncoder;
import dev.albert4j.model.Batch;
import dev.albert4j.model.OutputStates;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How fast core's encoder takes many texts of natural lengths in one call: {@code BatchBenchmark tiny|base TOKENS.jsonl THREADS
 * cpu|int8}, where the lines are what {@code albert tokenize} prints. Prints one JSON line with the median seconds of a call for
 * the pooled states, and real tokens a second. {@code encoder_peer.py --batch TOKENS.jsonl} is the peer. Run it on a quiet
 * machine.
 */
public final class BatchBenchmark {
    private BatchBenchmark() {}

    public static void main(String[] args) throws IOException {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true);
        if (args.length != 4) {
            throw new IllegalArgumentException(
                    "expected tiny|base TOKENS.jsonl THREADS cpu|int8, but got " + Arrays.toString(args));
        }
        int[][] ids = ids(Path.of(args[1]));
        int[][] typeIds =
                Arrays.stream(ids).map(sequence -> new int[sequence.length]).toArray(int[][]::new);
        Batch batch = Batch.of(ids, typeIds);
        int numThreads = Integer.parseInt(args[2]);
        try (CpuEncoder encoder = EncoderBenchmark.open(RandomModel.named(args[0]), numThreads, args[3])) {
            double millis = EncoderBenchmark.medianMillis(encoder, batch, OutputStates.POOLED);
            int numTokens =
                    Arrays.stream(ids).mapToInt(sequence -> sequence.length).sum();
            out.printf(
                    Locale.ROOT,
                    "{\"model\": \"%s\", \"engine\": \"%s\", \"threads\": %d, \"texts\": %d, \"tokens\": %d, \"seconds\": %.3f,"
                            + " \"tokens_per_second\": %.0f}%n",
                    args[0],
                    args[3],
                    numThreads,
                    ids.length,
                    numTokens,
                    millis / 1e3,
                    numTokens / millis * 1e3);
        }
    }

    private static int[][] ids(Path tokenLines) throws IOException {
        ObjectMapper json = new ObjectMapper();
        List<String> lines = Files.readAllLines(tokenLines);
        int[][] ids = new int[lines.size()][];
        for (int i = 0; i < ids.length; i++) {
            JsonNode array = json.readTree(lines.get(i)).get("ids");
            ids[i] = new int[array.size()];
            for (int token = 0; token < array.size(); token++) {
                ids[i][token] = array.get(token).intValue();
            }
        }
        return ids;
    }
}
