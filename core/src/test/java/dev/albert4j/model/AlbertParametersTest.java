package dev.albert4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlbertParametersTest {
    @ParameterizedTest
    @CsvSource({
        "30000, 768, 12, 12, 3072, 11683584",
        "30000, 1024, 24, 16, 4096, 17683968",
        "30000, 2048, 24, 16, 8192, 58724864",
        "30000, 4096, 12, 64, 16384, 222595584",
        "21128, 312, 4, 12, 1248, 4080520",
    })
    void thePublishedSizesHaveTheirNumberOfParameters(int v, int h, int l, int a, int f, long expected) {
        AlbertConfig config = AlbertConfig.builder()
                .vocabSize(v)
                .hiddenSize(h)
                .numHiddenLayers(l)
                .numAttentionHeads(a)
                .intermediateSize(f)
                .build();
        assertThat(AlbertParameters.count(config)).isEqualTo(expected);
    }

    @Test
    void headsWithoutAPoolerMayStillBringOne() {
        AlbertConfig config = TinyModel.config(Head.MASKED_LM);
        assertThat(AlbertParameters.optional(config))
                .extracting(AlbertParameters.Parameter::name)
                .containsExactly("albert.pooler.weight", "albert.pooler.bias");
        assertThat(AlbertParameters.optional(TinyModel.config(Head.NONE))).isEqualTo(List.of());
    }
}
