package dev.albert4j.cli;

import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.Batch;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.Head;
import dev.albert4j.model.OutputStates;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * How fast an encoder is on this machine at this time, over many calls.
 *
 * @param latencyMillis median of one sequence
 * @param slowMillis what nineteen of twenty calls with one sequence stay below
 * @param tokensPerSecond median of {@value #SEQUENCES} sequences together
 */
record ModelSpeed(double latencyMillis, double slowMillis, double tokensPerSecond) {
    /** Sequences of a call that measures throughput. */
    static final int SEQUENCES = 16;

    private static final int TYPICAL_TOKENS = 64;
    private static final int WARM_UP_ROUNDS = 10;
    private static final int MIN_WARM_UP_ROUNDS = 3;
    private static final long MAX_WARM_UP_NANOS = 1_000_000_000L;
    private static final int MIN_ROUNDS = 7;
    private static final int MAX_ROUNDS = 50;
    private static final long MAX_NANOS = 5_000_000_000L;

    /**
     * Measures encoders by turns, so that what else the machine does concerns all of them.
     *
     * @param numTokens of a sequence; no more than each of them reads
     */
    static List<ModelSpeed> of(List<Encoder> encoders, int numTokens) {
        List<DoubleStream.Builder> one = new ArrayList<>();
        List<DoubleStream.Builder> many = new ArrayList<>();
        for (Encoder encoder : encoders) {
            one.add(DoubleStream.builder());
            many.add(DoubleStream.builder());
            long start = System.nanoTime();
            for (int round = 0;
                    round < MIN_WARM_UP_ROUNDS
                            || round < WARM_UP_ROUNDS && System.nanoTime() - start < MAX_WARM_UP_NANOS;
                    round++) {
                nanos(encoder, 1, numTokens);
                nanos(encoder, SEQUENCES, numTokens);
            }
        }
        long start = System.nanoTime();
        for (int round = 0; round < MAX_ROUNDS; round++) {
            for (int i = 0; i < encoders.size(); i++) {
                one.get(i).add(nanos(encoders.get(i), 1, numTokens));
                many.get(i).add(nanos(encoders.get(i), SEQUENCES, numTokens));
            }
            if (round >= MIN_ROUNDS - 1 && System.nanoTime() - start > MAX_NANOS) {
                break;
            }
        }
        List<ModelSpeed> speeds = new ArrayList<>();
        for (int i = 0; i < encoders.size(); i++) {
            double[] latencies = one.get(i).build().sorted().toArray();
            double[] together = many.get(i).build().sorted().toArray();
            speeds.add(new ModelSpeed(
                    median(latencies) / 1e6,
                    latencies[(latencies.length - 1) * 19 / 20] / 1e6,
                    SEQUENCES * numTokens / (median(together) / 1e9)));
        }
        return speeds;
    }

    /** Tokens of a typical sequence, or as many as the model reads. */
    static int typicalTokens(AlbertConfig config) {
        return Math.min(TYPICAL_TOKENS, config.maxPositionEmbeddings());
    }

    /** Lets an encoder answer once. */
    static void answer(Encoder encoder) {
        nanos(encoder, 1, 1);
    }

    private static double nanos(Encoder encoder, int numSequences, int numTokens) {
        AlbertConfig config = encoder.config();
        int[][] ids = new int[numSequences][numTokens];
        for (int[] sequence : ids) {
            for (int token = 0; token < sequence.length; token++) {
                sequence[token] = (31 * token + 7) % config.vocabSize();
            }
        }
        Batch batch = Batch.of(ids, new int[numSequences][numTokens]);
        boolean pooled = config.head() == Head.SEQUENCE_CLASSIFICATION || config.head() == Head.MULTIPLE_CHOICE;
        long start = System.nanoTime();
        encoder.encode(batch, pooled ? OutputStates.POOLED : OutputStates.LAST);
        return System.nanoTime() - start;
    }

    private static double median(double[] sorted) {
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
