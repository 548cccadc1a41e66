package dev.albert4j.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.DoubleNode;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.task.NoAnswerThreshold.Question;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NoAnswerThresholdTest {
    @Test
    void whatIsSurelyAnsweredIsAnsweredAndTheRestIsNot() {
        // "No answer" leads by -5 and -1 where there is an answer, and by 1 and 2 where there is none.
        assertThat(NoAnswerThreshold.tune(
                        List.of(new Question(2, -1), new Question(-5, 1), new Question(1, -1), new Question(-1, 0.5))))
                .isZero();
    }

    @Test
    void ofEquallyGoodThresholdsTheLowestIsTaken() {
        // Answering the first gives 1; going on to the third gives 1 again.
        assertThat(NoAnswerThreshold.tune(
                        List.of(new Question(-4, 1), new Question(-2, -1), new Question(0, 1), new Question(3, -1))))
                .isEqualTo(-3);
    }

    @Test
    void questionsOfTheSameMarginAreAnsweredTogether() {
        // The script of SQuAD 2 would stop between the two of margin 0, which no threshold can.
        assertThat(NoAnswerThreshold.tune(
                        List.of(new Question(-4, 0.5), new Question(0, 1), new Question(0, -1), new Question(4, -1))))
                .isEqualTo(-2);
    }

    @Test
    void allOrNothingLieBeyondTheOutermostMargin() {
        assertThat(NoAnswerThreshold.tune(List.of(new Question(-1, -1), new Question(3, -1))))
                .isEqualTo(-2);
        assertThat(NoAnswerThreshold.tune(List.of(new Question(-1, 1), new Question(3, 1))))
                .isEqualTo(4);
        assertThat(NoAnswerThreshold.tune(List.of(new Question(Double.POSITIVE_INFINITY, 0))))
                .isZero();
    }

    @Test
    void noThresholdScoresMoreThanTheOneChosen() {
        long seed = 3;
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 300; round++) {
            List<Question> questions = new ArrayList<>();
            for (int i = random.nextInt(1, 10); i > 0; i--) {
                questions.add(new Question(random.nextInt(-4, 5), random.nextBoolean() ? -1 : random.nextInt(5) / 4.0));
            }
            double chosen = score(questions, NoAnswerThreshold.tune(questions));
            for (double threshold = -6; threshold <= 6; threshold += 0.5) {
                assertThat(score(questions, threshold))
                        .as("seed %s round %s", seed, round)
                        .isLessThanOrEqualTo(chosen);
            }
        }
    }

    private static double score(List<Question> questions, double threshold) {
        return questions.stream()
                .filter(question -> question.margin() <= threshold)
                .mapToDouble(Question::gain)
                .sum();
    }

    @Test
    void theConfigurationKeepsIt() throws IOException {
        AlbertConfig none = AlbertConfig.builder().build();
        assertThat(NoAnswerThreshold.of(none)).isNull();
        JsonNode value = DoubleNode.valueOf(-1.25);
        assertThat(NoAnswerThreshold.of(ModelThresholds.with(none, Map.of(NoAnswerThreshold.FIELD, value))))
                .isEqualTo(-1.25);
        for (String json : List.of("\"1\"", "null", "{}", "1e999")) {
            JsonNode wrong = new ObjectMapper().readTree(json);
            AlbertConfig config = ModelThresholds.with(none, Map.of(NoAnswerThreshold.FIELD, wrong));
            assertThatIllegalArgumentException()
                    .as(json)
                    .isThrownBy(() -> NoAnswerThreshold.of(config))
                    .withMessageContaining("no_answer_threshold");
        }
    }
}
