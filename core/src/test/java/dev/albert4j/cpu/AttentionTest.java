package dev.albert4j.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.albert4j.model.Batch;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Against the formula in double precision; sequences and heads are also longer than the greatest depth of a product. */
class AttentionTest {
    private final Random random = new Random(1);

    static Stream<Arguments> shapes() {
        return Stream.of(PreferredKernels.get(), new ScalarKernels())
                .flatMap(kernels -> Stream.of(
                        Arguments.of(kernels, 3, 26, 40, 40),
                        Arguments.of(kernels, 2, 8, Kernels.MAX_DEPTH, 5),
                        Arguments.of(kernels, 2, 8, 2 * Kernels.MAX_DEPTH + 9, 50),
                        Arguments.of(kernels, 1, Kernels.MAX_DEPTH + 40, 7, 2)));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void isTheWeightedMeanOfTheValues(Kernels kernels, int numHeads, int headSize, int length, int numQueries) {
        int size = numHeads * headSize;
        Rows query = rows(numQueries, size, kernels);
        Rows key = rows(length, size, kernels);
        Rows value = rows(length, size, kernels);
        Rows context = rows(numQueries, size, kernels);
        KeysAndValues keysAndValues = new KeysAndValues(numHeads, headSize, kernels.panelWidth());
        keysAndValues.reserve(new Part(Batch.of(new int[1][length], new int[1][length]), 0, 1));
        keysAndValues.store(key, value, length, 0, 0, length);
        Attention attention = new Attention(kernels, numHeads, headSize);
        attention.apply(query, numQueries, keysAndValues, 0, length, context);
        for (int row = 0; row < numQueries; row++) {
            for (int head = 0; head < numHeads; head++) {
                double[] expected = expected(query, row, key, value, length, head * headSize, headSize);
                for (int d = 0; d < headSize; d++) {
                    assertThat((double) context.values()[context.at(row) + head * headSize + d])
                            .as("query %d, head %d, column %d", row, head, d)
                            .isCloseTo(expected[d], Offset.offset(2e-5));
                }
            }
        }
    }

    private static double[] expected(Rows query, int row, Rows key, Rows value, int length, int from, int headSize) {
        double[] context = new double[headSize];
        double sum = 0;
        for (int token = 0; token < length; token++) {
            double score = 0;
            for (int d = 0; d < headSize; d++) {
                score += (double) query.values()[query.at(row) + from + d] * key.values()[key.at(token) + from + d];
            }
            double weight = Math.exp(score / Math.sqrt(headSize));
            sum += weight;
            for (int d = 0; d < headSize; d++) {
                context[d] += weight * value.values()[value.at(token) + from + d];
            }
        }
        for (int d = 0; d < headSize; d++) {
            context[d] /= sum;
        }
        return context;
    }

    private Rows rows(int numRows, int numColumns, Kernels kernels) {
        Rows rows = Rows.of(numRows, numColumns, kernels.panelWidth());
        for (int i = 0; i < rows.values().length; i++) {
            rows.values()[i] = (float) random.nextGaussian();
        }
        return rows;
    }
}
