package dev.albert4j.task;

import dev.albert4j.data.ChoiceQuestion;
import dev.albert4j.metric.Calibration;
import dev.albert4j.metric.ChoiceMetrics;
import dev.albert4j.metric.Mistakes;
import dev.albert4j.metric.Mistakes.Mistake;
import dev.albert4j.metric.Report;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.Head;
import dev.albert4j.tokenize.Encoding;
import dev.albert4j.tokenize.EncodingOptions;
import dev.albert4j.tokenize.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Chooses one of several options: tokenizer, encoder, and the head of Hugging Face's {@code AlbertForMultipleChoice} (one number for
 * each option, a linear map of the pooler output), then softmax over the options. Thread-safe; does not close the encoder it was
 * given.
 */
public final class MultipleChoice {
    private final HeadRunner runner;

    /**
     * A question with options.
     *
     * @param context the text it is about; may be empty
     * @param question the question; may be empty
     * @param choices the options, one at least
     */
    public record Input(String context, String question, List<String> choices) {
        /** @throws IllegalArgumentException if there is no option */
        public Input {
            choices = List.copyOf(choices);
            if (choices.isEmpty()) {
                throw new IllegalArgumentException("there is no option to choose");
            }
        }

        static Input of(ChoiceQuestion question) {
            return new Input(question.context(), question.question(), question.choices());
        }
    }

    /**
     * @param tokenizer the model's tokenizer
     * @param weights the model's weights, of which the head is taken
     * @param encoder runs the model
     * @param maxBatchTokens options are run together up to this many tokens
     * @throws IllegalArgumentException if the model does not choose, or the tokenizer is another model's
     */
    public MultipleChoice(Tokenizer tokenizer, AlbertWeights weights, Encoder encoder, int maxBatchTokens) {
        AlbertConfig config = weights.config();
        if (config.head() != Head.MULTIPLE_CHOICE) {
            throw new IllegalArgumentException("the model does not choose among options: it is "
                    + config.head().architecture() + ", not " + Head.MULTIPLE_CHOICE.architecture());
        }
        this.runner = new HeadRunner(tokenizer, weights, "classifier", encoder, maxBatchTokens);
    }

    /** Answers one question. */
    public Choice predict(String context, String question, List<String> choices) {
        return predict(List.of(new Input(context, question, choices))).get(0);
    }

    /** Answers questions, in their order. */
    public List<Choice> predict(List<Input> inputs) {
        List<double[]> scores = runner.scores(
                inputs,
                input -> encodings(runner.tokenizer(), input, runner.options().maxLength()));
        return IntStream.range(0, inputs.size())
                .mapToObj(i -> choice(inputs.get(i), scores.get(i)))
                .toList();
    }

    /**
     * Answers questions whose answers are known, and compares.
     *
     * @param progress is told how many are done
     */
    public Report evaluate(List<ChoiceQuestion> questions, IntConsumer progress) {
        List<Choice> choices = new ArrayList<>(questions.size());
        Chunks.forEach(
                questions,
                progress,
                (begin, part) ->
                        choices.addAll(predict(part.stream().map(Input::of).toList())));
        Calibration calibration = new Calibration("the chosen option");
        Mistakes mistakes = new Mistakes("probability");
        for (int i = 0; i < choices.size(); i++) {
            ChoiceQuestion question = questions.get(i);
            Choice choice = choices.get(i);
            boolean right = choice.index() == question.answer();
            calibration.add(choice.score(), right);
            if (!right) {
                String text = Mistake.joined(question.context(), question.question());
                String expected = question.choices().get(question.answer());
                mistakes.add(
                        choice.score(),
                        new Mistake(question.number(), text, expected, choice.choice(), choice.score()));
            }
        }
        return ChoiceMetrics.of(
                        questions.stream().mapToInt(ChoiceQuestion::answer).toArray(),
                        choices.stream().mapToInt(Choice::index).toArray(),
                        questions.stream().mapToInt(q -> q.choices().size()).toArray())
                .toReport()
                .with(calibration)
                .with(mistakes);
    }

    /**
     * What the model reads: for each option the context, and as the second text question and option, the longer of both cut where
     * they are too long (Hugging Face's {@code run_swag.py}).
     */
    public static List<Encoding> encodings(Tokenizer tokenizer, Input input, int maxLength) {
        EncodingOptions options = EncodingOptions.DEFAULT.withMaxLength(maxLength);
        return input.choices().stream()
                .map(choice -> tokenizer.encode(input.context(), joined(input.question(), choice), options))
                .toList();
    }

    /** Question and option with a blank between them; without one in Chinese. */
    private static String joined(String question, String choice) {
        boolean apart = !question.isEmpty() && !isChinese(question) && !isChinese(choice);
        return question + (apart ? " " : "") + choice;
    }

    private static boolean isChinese(String text) {
        return text.codePoints().anyMatch(Character::isIdeographic);
    }

    private static Choice choice(Input input, double[] values) {
        double max = Arrays.stream(values).max().orElseThrow();
        double sum = Arrays.stream(values).map(value -> Math.exp(value - max)).sum();
        int best = IntStream.range(0, values.length)
                .reduce((a, b) -> values[b] > values[a] ? b : a)
                .orElseThrow();
        List<Double> scores = Arrays.stream(values)
                .map(value -> Math.exp(value - max) / sum)
                .boxed()
                .toList();
        return new Choice(best, input.choices().get(best), scores.get(best), scores);
    }
}
