package dev.albert4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.albert4j.model.AlbertParameters;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.ModelDirectory;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class QuantizationTest {
    private static final String WORDS = "albert.embeddings.word_embeddings.weight";
    private static final String POOLER = "albert.pooler.weight";

    private AlbertWeights weights;
    private int numMatrices;

    @BeforeEach
    void read() throws IOException {
        weights = ModelDirectory.open(Workshop.classifier()).weights();
        numMatrices = AlbertParameters.quantizable(weights.config()).size();
    }

    /** A model that loses so much by each of two matrices. */
    private static double accuracy(AlbertWeights candidate) {
        double accuracy = 0.9;
        if (candidate.int8Names().contains(WORDS)) {
            accuracy -= 0.02;
        }
        if (candidate.int8Names().contains(POOLER)) {
            accuracy -= 0.05;
        }
        return accuracy;
    }

    @Test
    void whatCostsTooMuchStaysInFloatsTheWorstFirst() throws IOException {
        assertThat(Quantization.keeping(weights, QuantizationTest::accuracy, 0.8)
                        .int8Names())
                .hasSize(numMatrices);
        assertThat(Quantization.keeping(weights, QuantizationTest::accuracy, 0.87)
                        .int8Names())
                .hasSize(numMatrices - 1)
                .doesNotContain(POOLER);
        AlbertWeights both = Quantization.keeping(weights, QuantizationTest::accuracy, 0.895);
        assertThat(both.int8Names()).hasSize(numMatrices - 2).doesNotContain(POOLER, WORDS);
        assertThat(both.values(WORDS)).isEqualTo(weights.values(WORDS));
    }

    @Test
    void aBoundThatNoMatrixKeepsIsAnError() {
        for (double value : new double[] {0, Double.NaN}) {
            assertThatThrownBy(() -> Quantization.keeping(weights, candidate -> value, 0.5))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("no matrix can be stored in 8 bits within --max-drop");
        }
    }
}
