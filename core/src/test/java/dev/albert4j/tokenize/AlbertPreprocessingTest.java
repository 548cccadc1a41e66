package dev.albert4j.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AlbertPreprocessingTest {
    @Test
    void spacesAreCollapsedMarksDroppedAndLettersLowered() {
        assertThat(AlbertPreprocessing.apply("  A\t\n Fine\u00a0 Film. ")).isEqualTo("a fine film.");
        assertThat(AlbertPreprocessing.apply("Crème BRÛLÉE ﬁn ½")).isEqualTo("creme brulee fin 1\u20442");
        assertThat(AlbertPreprocessing.apply("ΟΔΟΣ")).isEqualTo("οδος");
        assertThat(AlbertPreprocessing.apply("हिन्दी")).isEqualTo("हिनदी"); // vowel signs have combining class 0
        assertThat(AlbertPreprocessing.apply("\ud800x")).isEqualTo("\ufffdx");
        assertThat(AlbertPreprocessing.apply(" \u3000")).isEmpty();
    }
}
