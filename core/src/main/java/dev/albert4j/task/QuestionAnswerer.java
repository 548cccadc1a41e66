package dev.albert4j.task;

import com.fasterxml.jackson.databind.node.DoubleNode;
import dev.albert4j.data.QuestionContext;
import dev.albert4j.metric.AnswerMetrics;
import dev.albert4j.metric.AnswerScript;
import dev.albert4j.metric.Mistakes;
import dev.albert4j.metric.Mistakes.Mistake;
import dev.albert4j.metric.Report;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Encoder;
import dev.albert4j.model.Head;
import dev.albert4j.task.HeadRunner.Sequence;
import dev.albert4j.tokenize.Encoding;
import dev.albert4j.tokenize.EncodingOptions;
import dev.albert4j.tokenize.Tokenizer;
import dev.albert4j.tokenize.Truncation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;

/**
 * Finds the part of a text that answers a question: tokenizer, encoder, and the head of Hugging Face's {@code
 * AlbertForQuestionAnswering} (start and end logits of each token); a long text is read in windows. Thread-safe; does not close the
 * encoder it was given.
 */
public final class QuestionAnswerer {
    private final HeadRunner runner;
    private final int maxBatchTokens;
    private final AnswerOptions options;

    /**
     * A question and the text to answer it from.
     *
     * @param question the question; what is beyond a quarter of the tokens read at once is left out
     * @param context the text
     */
    public record Input(String question, String context) {}

    /**
     * @param tokenizer the model's tokenizer
     * @param weights the model's weights, of which the head is taken
     * @param encoder runs the model
     * @param maxBatchTokens windows are run together up to this many tokens
     * @param options how answers are looked for; a length beyond the model's longest sequence is shortened to it, and the stride to
     *     half of that
     * @throws IllegalArgumentException if the model does not answer questions, its threshold is no number, or the tokenizer is
     *     another model's
     */
    public QuestionAnswerer(
            Tokenizer tokenizer, AlbertWeights weights, Encoder encoder, int maxBatchTokens, AnswerOptions options) {
        AlbertConfig config = weights.config();
        if (config.head() != Head.QUESTION_ANSWERING) {
            throw new IllegalArgumentException("the model does not answer questions: it is "
                    + config.head().architecture() + ", not " + Head.QUESTION_ANSWERING.architecture());
        }
        this.runner = new HeadRunner(tokenizer, weights, "qa_outputs", encoder, maxBatchTokens);
        this.maxBatchTokens = maxBatchTokens;
        int maxLength = Math.min(options.maxLength(), config.maxPositionEmbeddings());
        Double own = NoAnswerThreshold.of(config);
        this.options = options.withLength(maxLength, Math.min(options.stride(), maxLength / 2))
                .withNoAnswerThreshold(options.noAnswerThreshold() == null ? own : options.noAnswerThreshold());
    }

    private QuestionAnswerer(HeadRunner runner, int maxBatchTokens, AnswerOptions options) {
        this.runner = runner;
        this.maxBatchTokens = maxBatchTokens;
        this.options = options;
    }

    /** The same model with another threshold: there is no answer if "no answer" leads by more than this, in logits. */
    public QuestionAnswerer withNoAnswerThreshold(double threshold) {
        return new QuestionAnswerer(runner, maxBatchTokens, options.withNoAnswerThreshold(threshold));
    }

    /** How answers are looked for. */
    public AnswerOptions options() {
        return options;
    }

    /** The best answers to one question. */
    public Answers predict(String question, String context) {
        return predict(List.of(new Input(question, context))).get(0);
    }

    /** The best answers to questions, in their order. */
    public List<Answers> predict(List<Input> inputs) {
        return predict(inputs, done -> {});
    }

    private List<Answers> predict(List<Input> inputs, IntConsumer progress) {
        List<Answers> answers = new ArrayList<>(inputs.size());
        int begin = 0;
        while (begin < inputs.size()) {
            List<List<AnswerWindow>> windows = new ArrayList<>();
            long tokens = 0;
            while (begin + windows.size() < inputs.size() && tokens < maxBatchTokens) {
                Input input = inputs.get(begin + windows.size());
                List<AnswerWindow> ofInput = windows(
                        runner.tokenizer(), input.question(), input.context(), options.maxLength(), options.stride());
                windows.add(ofInput);
                tokens += ofInput.stream().mapToLong(w -> w.encoding().length()).sum();
            }
            answer(inputs.subList(begin, begin + windows.size()), windows, answers);
            begin += windows.size();
            progress.accept(begin);
        }
        return answers;
    }

    private void answer(List<Input> inputs, List<List<AnswerWindow>> windows, List<Answers> answers) {
        List<double[][]> logits = runner.tokens(windows.stream()
                .flatMap(List::stream)
                .map(window -> Sequence.of(window.encoding()))
                .toList());
        int next = 0;
        for (int i = 0; i < inputs.size(); i++) {
            AnswerSearch search = new AnswerSearch(options);
            for (AnswerWindow window : windows.get(i)) {
                search.add(window, logits.get(next++));
            }
            answers.add(search.answers(inputs.get(i).context()));
        }
    }

    /**
     * Answers questions whose answers are known, and compares.
     *
     * @param progress is told how many are done
     */
    public Report evaluate(List<QuestionContext> questions, AnswerScript script, IntConsumer progress) {
        return report(questions, predict(inputs(questions), progress), script);
    }

    /**
     * The same, but with the threshold of "no answer" that gives the best F1 on these questions, if some of them have no answer:
     * {@link Report#chosen} has it as {@code no_answer_threshold}.
     */
    public Report tune(List<QuestionContext> questions, AnswerScript script, IntConsumer progress) {
        if (questions.stream().noneMatch(question -> question.answers().isEmpty())) {
            return evaluate(questions, script, progress);
        }
        List<Answers> answers = predict(inputs(questions), progress);
        List<NoAnswerThreshold.Question> known = new ArrayList<>(answers.size());
        for (int i = 0; i < answers.size(); i++) {
            List<String> right = questions.get(i).answerTexts();
            String best = answers.get(i).at(null).answer().map(Answer::text).orElse("");
            double gain = script.f1(best, right) - script.f1("", right);
            known.add(new NoAnswerThreshold.Question(answers.get(i).margin(), gain));
        }
        double threshold = NoAnswerThreshold.tune(known);
        List<Answers> decided =
                answers.stream().map(answer -> answer.at(threshold)).toList();
        String line =
                String.format(Locale.ROOT, "%nthreshold of \"no answer\" chosen on these questions: %.4f", threshold);
        return report(questions, decided, script)
                .withChosen(NoAnswerThreshold.FIELD, DoubleNode.valueOf(threshold), line);
    }

    private static List<Input> inputs(List<QuestionContext> questions) {
        return questions.stream().map(q -> new Input(q.question(), q.context())).toList();
    }

    private static Report report(List<QuestionContext> questions, List<Answers> answers, AnswerScript script) {
        List<String> predictions = answers.stream()
                .map(answer -> answer.answer().map(Answer::text).orElse(""))
                .toList();
        Mistakes mistakes = new Mistakes("F1");
        for (int i = 0; i < predictions.size(); i++) {
            compare(questions.get(i), answers.get(i), script, mistakes);
        }
        return AnswerMetrics.of(
                        script,
                        predictions,
                        questions.stream().map(QuestionContext::answerTexts).toList())
                .toReport()
                .with(mistakes);
    }

    /** An answer is the worse the further it is off and the surer the model was of it. */
    private static void compare(QuestionContext question, Answers answers, AnswerScript script, Mistakes mistakes) {
        String said = answers.answer().map(Answer::text).orElse("");
        double f1 = script.f1(said, question.answerTexts());
        if (f1 < 1) {
            double probability = answers.answer().map(Answer::score).orElse(answers.noAnswerScore());
            String expected = question.answers().isEmpty()
                    ? "no answer"
                    : question.answerTexts().stream().distinct().collect(Collectors.joining("\n"));
            mistakes.add(
                    (1 - f1) * probability,
                    new Mistake(
                            question.number(),
                            question.question(),
                            expected,
                            answers.answered() ? said : "no answer",
                            f1));
        }
    }

    /**
     * What the model reads of a question and its context: windows over the context, each with the question before it, two
     * neighbours sharing {@code stride} tokens of the context.
     *
     * @param maxLength most tokens of a window, 16 at least; a question keeps the first quarter of them, so that the context has room
     * @param stride 0 to half of {@code maxLength}
     * @throws IllegalArgumentException if a length is out of its range
     */
    public static List<AnswerWindow> windows(
            Tokenizer tokenizer, String question, String context, int maxLength, int stride) {
        AnswerOptions.checkLengths(maxLength, stride);
        EncodingOptions cutContext =
                EncodingOptions.DEFAULT.withMaxLength(maxLength).withTruncation(Truncation.ONLY_SECOND);
        return tokenizer.windows(shortened(tokenizer, question, maxLength / 4), context, cutContext, stride).stream()
                .map(AnswerWindow::of)
                .toList();
    }

    private static String shortened(Tokenizer tokenizer, String question, int maxTokens) {
        EncodingOptions oneMore =
                EncodingOptions.DEFAULT.withSpecialTokens(false).withMaxLength(maxTokens + 1);
        String text = question;
        for (int keep = maxTokens; keep > 0; keep--) { // a word that is cut can fall into more tokens than before
            Encoding encoding = tokenizer.encode(text, null, oneMore);
            if (encoding.length() <= maxTokens) {
                return text;
            }
            text = text.substring(0, encoding.end(keep - 1));
        }
        return "";
    }
}
