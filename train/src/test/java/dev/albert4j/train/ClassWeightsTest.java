package dev.albert4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClassWeightsTest {
    private static final List<String> LABELS = List.of("a", "b", "c");

    @Test
    void balancedWeightsAreThoseOfScikitLearn() {
        // compute_class_weight("balanced", classes=[0, 1, 2], y=[0, 0, 0, 0, 1, 1, 2]) is [7/12, 7/6, 7/3]
        ClassWeights weights = ClassWeights.of("balanced", LABELS, Loss.CLASSIFICATION, examples(0, 0, 0, 0, 1, 1, 2));
        assertThat(weights.weight(0)).isCloseTo(7 / 12.0, within(1e-6));
        assertThat(weights.weight(1)).isCloseTo(7 / 6.0, within(1e-6));
        assertThat(weights.weight(2)).isCloseTo(7 / 3.0, within(1e-6));
    }

    @Test
    void aClassThatIsNeverATargetWeighsOne() {
        ClassWeights weights = ClassWeights.of("balanced", LABELS, Loss.CLASSIFICATION, examples(0, 0, 0, 1));
        assertThat(weights.weight(0)).isCloseTo(4 / 6.0, within(1e-6));
        assertThat(weights.weight(1)).isCloseTo(2, within(1e-6));
        assertThat(weights.weight(2)).isEqualTo(1);
    }

    @Test
    void tokensAreCountedAndThoseThatDoNotCountWeighNothing() {
        Example example = Example.of(new int[3], new int[3], Loss.IGNORED, 0, 1);
        ClassWeights weights = ClassWeights.of("balanced", LABELS, Loss.TOKEN_CLASSIFICATION, List.of(example));
        assertThat(weights.weight(0)).isEqualTo(1);
        assertThat(weights.weight(Loss.IGNORED)).isZero();
        assertThat(ClassWeights.NONE.weight(Loss.IGNORED)).isZero();
        assertThat(Loss.TOKEN_CLASSIFICATION.weight(example, weights)).isEqualTo(2);
    }

    @Test
    void labelsThatAreNotNamedWeighOne() {
        ClassWeights weights = ClassWeights.of("b=2.5", LABELS, Loss.CLASSIFICATION, examples(0));
        assertThat(weights.weight(0)).isEqualTo(1);
        assertThat(weights.weight(1)).isEqualTo(2.5);
        assertThat(ClassWeights.parse("x=y = 3 , z=0.5"))
                .containsEntry("x=y", 3f)
                .containsEntry("z", 0.5f);
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        for (String text : List.of("even", "a", "a=", "=1", "a=0", "a=-1", "a=NaN", "a=1,,b=2", "a=1e9")) {
            assertThatThrownBy(() -> TrainConfig.parse("{\"classWeights\": \"" + text + "\"}"))
                    .as(text)
                    .isInstanceOf(WrongSettingException.class)
                    .hasMessageStartingWith("classWeights \"" + text + "\" is neither balanced nor label=weight");
        }
        assertThatThrownBy(() -> ClassWeights.parse("a=1,a=2")).hasMessageContaining("twice");
        assertThatThrownBy(() -> ClassWeights.of("d=1", LABELS, Loss.CLASSIFICATION, examples(0)))
                .hasMessage("classWeights label d is none of [a, b, c]");
        assertThatThrownBy(() -> ClassWeights.of("balanced", LABELS, Loss.MULTI_LABEL, examples(0)))
                .hasMessageContaining("one label and in ner only");
    }

    private static List<Example> examples(int... targets) {
        return Arrays.stream(targets)
                .mapToObj(target -> Example.of(new int[1], new int[1], target))
                .toList();
    }
}
