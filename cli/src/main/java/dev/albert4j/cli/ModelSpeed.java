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
 * How fast an encoder is on this machine at this time: medians of many calls.
 *
 * @param latencyMillis of one sequence of {@link #TOKENS} tokens
 * @param tokensPerSecond of {@value #SEQUENCES} such sequences together
 */
record ModelSpeed(double latencyMillis, double tokensPerSecond) {
    /** Tokens of a sequence, or as many as the model reads. */
    static final int TOKENS = 64;

    private static final int SEQUENCES = 16;
    private static final int WARM_UP_ROUNDS = 3;
    private static final int MIN_ROUNDS = 7;
    private static final int MAX_ROUNDS = 50;
    private static final long MAX_NANOS = 5_000_000_000L;

    /** Measures encoders by turns, so that what else the machine does concerns all of them. */
    static List<ModelSpeed> of(List<Encoder> encoders) {
        List<DoubleStream.Builder> one = new ArrayList<>();
        List<DoubleStream.Builder> many = new ArrayList<>();
        for (Encoder encoder : encoders) {
            one.add(DoubleStream.builder());
            many.add(DoubleStream.builder());
            for (int round = 0; round < WARM_UP_ROUNDS; round++) {
                nanos(encoder, 1);
                nanos(encoder, SEQUENCES);
            }
        }
        long start = System.nanoTime();
        for (int round = 0; round < MAX_ROUNDS; round++) {
            for (int i = 0; i < encoders.size(); i++) {
                one.get(i).add(nanos(encoders.get(i), 1));
                many.get(i).add(nanos(encoders.get(i), SEQUENCES));
            }
            if (round >= MIN_ROUNDS - 1 && System.nanoTime() - start > MAX_NANOS) {
                break;
            }
        }
        List<ModelSpeed> speeds = new ArrayList<>();
        for (int i = 0; i < encoders.size(); i++) {
            double tokens = SEQUENCES * numTokens(encoders.get(i).config());
            speeds.add(new ModelSpeed(
                    median(one.get(i).build()) / 1e6,
                    tokens / (median(many.get(i).build()) / 1e9)));
        }
        return speeds;
    }

    /** Tokens of a sequence for a model. */
    static int numTokens(AlbertConfig config) {
        return Math.min(TOKENS, config.maxPositionEmbeddings());
    }

    private static double nanos(Encoder encoder, int numSequences) {
        AlbertConfig config = encoder.config();
        int[][] ids = new int[numSequences][numTokens(config)];
        for (int[] sequence : ids) {
            for (int token = 0; token < sequence.length; token++) {
                sequence[token] = (31 * token + 7) % config.vocabSize();
            }
        }
        Batch batch = Batch.of(ids, new int[numSequences][numTokens(config)]);
        boolean pooled = config.head() == Head.SEQUENCE_CLASSIFICATION || config.head() == Head.MULTIPLE_CHOICE;
        long start = System.nanoTime();
        encoder.encode(batch, pooled ? OutputStates.POOLED : OutputStates.LAST);
        return System.nanoTime() - start;
    }

    private static double median(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
