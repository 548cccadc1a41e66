package dev.albert4j.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.albert4j.cpu.CpuEncoder;
import dev.albert4j.data.QuestionContext;
import dev.albert4j.metric.AnswerScript;
import dev.albert4j.metric.Report;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Head;
import dev.albert4j.task.AnswerWindow.Tokens;
import dev.albert4j.task.QuestionAnswerer.Input;
import dev.albert4j.tokenize.Encoding;
import dev.albert4j.tokenize.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuestionAnswererTest {
    private static final String CONTEXT = "Ann met Bob in 1999. 中国人在, the end. She left again in 2004 with Carl.";

    @TempDir
    Path directory;

    private Tokenizer tokenizer;

    @BeforeEach
    void makeTokenizer() throws IOException {
        tokenizer = TinyTask.tokenizer(directory);
    }

    @Test
    void windowsHoldTheQuestionAndCoverTheContext() {
        List<AnswerWindow> windows = QuestionAnswerer.windows(tokenizer, "who?", CONTEXT, 24, 5);
        assertThat(windows).hasSizeGreaterThan(2);
        int covered = 0;
        for (AnswerWindow window : windows) {
            Encoding encoding = window.encoding();
            assertThat(encoding.length()).isLessThanOrEqualTo(24);
            assertThat(window.contextBegin()).isEqualTo(6); // [CLS] w h o ? [SEP]
            assertThat(window.contextEnd()).isEqualTo(encoding.length() - 1);
            assertThat(encoding.begin(window.contextBegin())).isLessThanOrEqualTo(covered + 1);
            covered = encoding.end(window.contextEnd() - 1);
        }
        assertThat(covered).isEqualTo(CONTEXT.length());
    }

    @Test
    void anAnswerIsFoundInTheWindowsThatHoldItWhole() {
        long seed = 3;
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            int begin = random.nextInt(CONTEXT.length());
            int end = begin + 1 + random.nextInt(Math.min(8, CONTEXT.length() - begin));
            String answer = CONTEXT.substring(begin, end);
            if (!answer.equals(answer.strip())) {
                continue;
            }
            int found = 0;
            for (AnswerWindow window : QuestionAnswerer.windows(tokenizer, "who?", CONTEXT, 24, 8)) {
                Encoding encoding = window.encoding();
                Tokens tokens = window.tokens(begin, end);
                if (!tokens.equals(Tokens.NONE)) {
                    assertThat(CONTEXT.substring(encoding.begin(tokens.first()), encoding.end(tokens.last())))
                            .as("seed " + seed)
                            .isEqualTo(answer);
                    found++;
                }
            }
            assertThat(found).as("seed " + seed + ": " + answer).isPositive();
        }
    }

    @Test
    void anAnswerThatAWindowHoldsInPartIsNotThere() {
        AnswerWindow first =
                QuestionAnswerer.windows(tokenizer, "who?", CONTEXT, 24, 5).get(0);
        int end = first.encoding().end(first.contextEnd() - 1);
        assertThat(first.tokens(end - 2, end)).isNotEqualTo(Tokens.NONE);
        assertThat(first.tokens(end - 1, end + 1)).isEqualTo(Tokens.NONE);
        assertThatThrownBy(() -> first.tokens(3, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("empty");
    }

    @Test
    void aLongQuestionIsCutAndAnEmptyContextHasNoAnswer() {
        List<AnswerWindow> windows = QuestionAnswerer.windows(tokenizer, "who ".repeat(5000), CONTEXT, 32, 16);
        assertThat(windows.get(0).contextBegin()).isEqualTo(2 + 8);
        try (CpuEncoder encoder = CpuEncoder.of(weights(), 1)) {
            Answers none = answerer(encoder, AnswerOptions.DEFAULT).predict("who?", " ");
            assertThat(none.best()).isEmpty();
            assertThat(none.answer()).isEmpty();
            assertThat(none.noAnswerScore()).isEqualTo(1);
        }
    }

    @Test
    void theBestAnswersAreThoseOfAllSpans() {
        AnswerOptions options = new AnswerOptions(24, 6, 5, 7, null);
        try (CpuEncoder encoder = CpuEncoder.of(weights(), 1)) {
            Answers answers = answerer(encoder, options).predict("who?", CONTEXT);
            List<AnswerWindow> windows = QuestionAnswerer.windows(tokenizer, "who?", CONTEXT, 24, 6);
            HeadRunner runner = new HeadRunner(tokenizer, weights(), "qa_outputs", encoder, 1000);
            List<double[][]> logits = runner.tokens(windows.stream()
                    .map(w -> HeadRunner.Sequence.of(w.encoding()))
                    .toList());
            record Span(int begin, int end, double score) {}
            List<Span> spans = new ArrayList<>();
            double noAnswer = Double.POSITIVE_INFINITY;
            for (int w = 0; w < windows.size(); w++) {
                AnswerWindow window = windows.get(w);
                double[][] values = logits.get(w);
                noAnswer = Math.min(noAnswer, values[0][0] + values[0][1]);
                for (int i = window.contextBegin(); i < window.contextEnd(); i++) {
                    for (int j = i; j < Math.min(i + 5, window.contextEnd()); j++) {
                        spans.add(new Span(
                                window.encoding().begin(i), window.encoding().end(j), values[i][0] + values[j][1]));
                    }
                }
            }
            spans.sort((a, b) -> Double.compare(b.score(), a.score()));
            Set<List<Integer>> seen = new HashSet<>();
            List<Span> best = spans.stream()
                    .filter(s -> seen.add(List.of(s.begin(), s.end())))
                    .limit(7)
                    .toList();
            assertThat(answers.best()).hasSize(7);
            double sum = Math.exp(noAnswer)
                    + best.stream().mapToDouble(s -> Math.exp(s.score())).sum();
            for (int i = 0; i < 7; i++) {
                Answer answer = answers.best().get(i);
                assertThat(answer.begin()).isEqualTo(best.get(i).begin());
                assertThat(answer.end()).isEqualTo(best.get(i).end());
                assertThat(answer.text()).isEqualTo(CONTEXT.substring(answer.begin(), answer.end()));
                assertThat(answer.score()).isCloseTo(Math.exp(best.get(i).score()) / sum, within(1e-9));
            }
            assertThat(answers.noAnswerScore()).isCloseTo(Math.exp(noAnswer) / sum, within(1e-9));
            assertThat(answers.margin()).isCloseTo(noAnswer - best.get(0).score(), within(1e-9));
        }
    }

    @Test
    void theThresholdDecidesWhetherThereIsAnAnswer() {
        try (CpuEncoder encoder = CpuEncoder.of(weights(), 1)) {
            double margin = answerer(encoder, AnswerOptions.DEFAULT)
                    .predict("who?", CONTEXT)
                    .margin();
            AnswerOptions below = AnswerOptions.DEFAULT.withNoAnswerThreshold(margin - 1e-6);
            AnswerOptions above = AnswerOptions.DEFAULT.withNoAnswerThreshold(margin + 1e-6);
            assertThat(answerer(encoder, below).predict("who?", CONTEXT).answer())
                    .isEmpty();
            assertThat(answerer(encoder, above).predict("who?", CONTEXT).answer())
                    .isPresent();
        }
    }

    @Test
    void manyQuestionsAndThreadsGiveWhatOneGives() throws Exception {
        List<Input> inputs = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            inputs.add(new Input("who " + i + "?", CONTEXT.substring(i)));
        }
        try (CpuEncoder encoder = CpuEncoder.of(weights(), 1)) {
            QuestionAnswerer answerer = answerer(encoder, new AnswerOptions(24, 6, 8, 3, null));
            List<Answers> single = inputs.stream()
                    .map(input -> answerer.predict(input.question(), input.context()))
                    .toList();
            ExecutorService threads = Executors.newFixedThreadPool(4);
            try {
                Callable<List<Answers>> all = () -> answerer.predict(inputs);
                for (Future<List<Answers>> result : threads.invokeAll(List.of(all, all, all, all))) {
                    assertThat(result.get()).isEqualTo(single);
                }
            } finally {
                threads.shutdown();
            }
        }
    }

    @Test
    void anEvaluationComparesTheBestAnswers() {
        try (CpuEncoder encoder = CpuEncoder.of(weights(), 1)) {
            QuestionAnswerer answerer = answerer(encoder, AnswerOptions.DEFAULT.withMaxAnswerTokens(4));
            Answer best = answerer.predict("who?", CONTEXT).answer().orElseThrow();
            QuestionContext right = new QuestionContext(
                    "1", "who?", CONTEXT, List.of(new QuestionContext.Answer(best.text(), best.begin())), 1);
            QuestionContext wrong = new QuestionContext(
                    "2", "who?", CONTEXT, List.of(new QuestionContext.Answer("something else", -1)), 2);
            Report report = answerer.evaluate(List.of(right, wrong), AnswerScript.CMRC, done -> {});
            assertThat(report.metric("exact_match")).isEqualTo(0.5);
            assertThat(report.json().get("questions").intValue()).isEqualTo(2);
            assertThat(report.json().at("/worst_errors/count").intValue()).isEqualTo(1);
            JsonNode worst = report.json().at("/worst_errors/worst/0");
            assertThat(worst.get("place").intValue()).isEqualTo(2);
            assertThat(worst.get("text").textValue()).isEqualTo("who?");
            assertThat(worst.get("expected").textValue()).isEqualTo("something else");
            assertThat(worst.get("predicted").textValue()).isEqualTo(best.text());
        }
    }

    @Test
    void otherModelsAndOptionsOutOfRangeAreRefused() {
        try (CpuEncoder encoder = CpuEncoder.of(weights(), 1)) {
            AlbertWeights choices = TinyTask.weights(Head.MULTIPLE_CHOICE, 48);
            assertThatThrownBy(() -> new QuestionAnswerer(tokenizer, choices, encoder, 100, AnswerOptions.DEFAULT))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("AlbertForMultipleChoice, not AlbertForQuestionAnswering");
            assertThat(answerer(encoder, AnswerOptions.DEFAULT).options().maxLength())
                    .isEqualTo(48);
            assertThat(answerer(encoder, AnswerOptions.DEFAULT).options().stride())
                    .isEqualTo(24);
        }
        assertThatThrownBy(() -> AnswerOptions.DEFAULT.withLength(15, 0)).hasMessageContaining("maxLength 15");
        assertThatThrownBy(() -> AnswerOptions.DEFAULT.withLength(384, 193)).hasMessageContaining("stride 193");
        assertThatThrownBy(() -> AnswerOptions.DEFAULT.withMaxAnswerTokens(0))
                .hasMessageContaining("maxAnswerTokens 0");
        assertThatThrownBy(() -> AnswerOptions.DEFAULT.withNumBest(0)).hasMessageContaining("numBest 0");
        assertThatThrownBy(() -> AnswerOptions.DEFAULT.withNoAnswerThreshold(Double.NaN))
                .hasMessageContaining("noAnswerThreshold");
    }

    private static AlbertWeights weights() {
        return TinyTask.weights(Head.QUESTION_ANSWERING, 48);
    }

    private QuestionAnswerer answerer(CpuEncoder encoder, AnswerOptions options) {
        return new QuestionAnswerer(tokenizer, weights(), encoder, 100, options);
    }
}
