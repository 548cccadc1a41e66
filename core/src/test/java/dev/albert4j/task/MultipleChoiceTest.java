package dev.albert4j.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.albert4j.cpu.CpuEncoder;
import dev.albert4j.data.ChoiceQuestion;
import dev.albert4j.metric.Report;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Head;
import dev.albert4j.task.MultipleChoice.Input;
import dev.albert4j.tokenize.Encoding;
import dev.albert4j.tokenize.EncodingOptions;
import dev.albert4j.tokenize.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MultipleChoiceTest {
    @TempDir
    Path directory;

    private Tokenizer tokenizer;

    @BeforeEach
    void makeTokenizer() throws IOException {
        tokenizer = TinyTask.tokenizer(directory);
    }

    @Test
    void eachOptionIsReadBehindTheQuestionAndBothBehindTheContext() {
        Input english = new Input("it rains", "what?", List.of("sun", "rain"));
        List<Encoding> encodings = MultipleChoice.encodings(tokenizer, english, 64);
        assertThat(encodings).hasSize(2);
        assertThat(encodings.get(1).ids())
                .isEqualTo(tokenizer
                        .encode("it rains", "what? rain", EncodingOptions.DEFAULT)
                        .ids());
        assertThat(encodings.get(1).end(encodings.get(1).length() - 2)).isEqualTo("what? rain".length());
        Input chinese = new Input("中国人", "国人?", List.of("中国"));
        Encoding encoding = MultipleChoice.encodings(tokenizer, chinese, 64).get(0);
        assertThat(encoding.end(encoding.length() - 2)).isEqualTo("国人?中国".length());
        Input withoutQuestion = new Input("it", "", List.of("rains"));
        Encoding shorter =
                MultipleChoice.encodings(tokenizer, withoutQuestion, 64).get(0);
        assertThat(shorter.end(shorter.length() - 2)).isEqualTo("rains".length());
    }

    @Test
    void aLongContextIsCutAndTheOptionStaysWhole() {
        Input input = new Input("rain ".repeat(1000), "what?", List.of("sun", "snow"));
        for (Encoding encoding : MultipleChoice.encodings(tokenizer, input, 32)) {
            assertThat(encoding.length()).isEqualTo(32);
            assertThat(encoding.end(encoding.length() - 2)).isGreaterThanOrEqualTo("what? sun".length());
        }
    }

    @Test
    void probabilitiesSumToOneAndDoNotDependOnOtherQuestions() {
        List<Input> inputs = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            inputs.add(new Input(
                    "it rains " + i, "what?", List.of("sun", "rain", "a" + i).subList(0, 1 + i % 3)));
        }
        try (CpuEncoder encoder = CpuEncoder.of(weights(), 1)) {
            MultipleChoice model = new MultipleChoice(tokenizer, weights(), encoder, 60);
            List<Choice> choices = model.predict(inputs);
            for (int i = 0; i < inputs.size(); i++) {
                Input input = inputs.get(i);
                Choice choice = choices.get(i);
                assertThat(model.predict(input.context(), input.question(), input.choices()))
                        .isEqualTo(choice);
                assertThat(choice.scores()).hasSameSizeAs(input.choices());
                assertThat(choice.scores().stream().mapToDouble(s -> s).sum()).isCloseTo(1, within(1e-12));
                assertThat(choice.scores().stream().mapToDouble(s -> s).max()).hasValue(choice.score());
                assertThat(choice.choice()).isEqualTo(input.choices().get(choice.index()));
            }
        }
    }

    @Test
    void anEvaluationCountsRightChoices() {
        List<String> options = List.of("sun", "rain");
        try (CpuEncoder encoder = CpuEncoder.of(weights(), 1)) {
            MultipleChoice model = new MultipleChoice(tokenizer, weights(), encoder, 60);
            int chosen = model.predict("it rains", "what?", options).index();
            Report report = model.evaluate(
                    List.of(
                            new ChoiceQuestion("it rains", "what?", options, chosen, 1),
                            new ChoiceQuestion("it rains", "what?", options, 1 - chosen, 2)),
                    done -> {});
            assertThat(report.metric("accuracy")).isEqualTo(0.5);
            assertThat(report.json().at("/worst_errors/count").intValue()).isEqualTo(1);
            JsonNode worst = report.json().at("/worst_errors/worst/0");
            assertThat(worst.get("place").intValue()).isEqualTo(2);
            assertThat(worst.get("text").textValue()).isEqualTo("it rains\nwhat?");
            assertThat(worst.get("expected").textValue()).isEqualTo(options.get(1 - chosen));
            assertThat(worst.get("predicted").textValue()).isEqualTo(options.get(chosen));
            double probability = worst.get("score").doubleValue();
            assertThat(probability).isBetween(0.5, 1.0);
            assertThat(report.metric("expected_calibration_error"))
                    .as("one of two is right, both with the same probability")
                    .isEqualTo(probability - 0.5, within(1e-12));
        }
    }

    @Test
    void otherModelsAndNoOptionsAreRefused() {
        AlbertWeights answers = TinyTask.weights(Head.QUESTION_ANSWERING, 48);
        try (CpuEncoder encoder = CpuEncoder.of(answers, 1)) {
            assertThatThrownBy(() -> new MultipleChoice(tokenizer, answers, encoder, 100))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("AlbertForQuestionAnswering, not AlbertForMultipleChoice");
        }
        assertThatThrownBy(() -> new Input("a", "b", List.of())).hasMessageContaining("no option");
    }

    private static AlbertWeights weights() {
        return TinyTask.weights(Head.MULTIPLE_CHOICE, 64);
    }
}
