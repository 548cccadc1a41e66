package dev.albert4j.train;

import dev.albert4j.data.ChoiceQuestion;
import dev.albert4j.data.LabeledText;
import dev.albert4j.data.QuestionContext;
import dev.albert4j.data.RankedQuery;
import dev.albert4j.data.TaggedText;
import dev.albert4j.metric.AnswerScript;
import dev.albert4j.model.SentenceConfig;
import dev.albert4j.model.SentenceConfig.Pooling;
import dev.albert4j.task.AnswerOptions;
import dev.albert4j.task.AnswerWindow;
import dev.albert4j.task.EntityRecognizer;
import dev.albert4j.task.MaskedTokenFiller;
import dev.albert4j.task.MultiLabelClassifier;
import dev.albert4j.task.MultipleChoice;
import dev.albert4j.task.QuestionAnswerer;
import dev.albert4j.task.Reranker;
import dev.albert4j.task.SentenceEmbedder;
import dev.albert4j.task.TextClassifier;
import dev.albert4j.task.TextRegressor;
import dev.albert4j.task.ThresholdTuning;
import dev.albert4j.tokenize.Encoding;
import dev.albert4j.tokenize.EncodingOptions;
import dev.albert4j.tokenize.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Labelled data as {@link TrainingTask}s: texts are tokenized once, on all processors, and cut to {@code maxLength} tokens. */
public final class TrainingTasks {
    /** Most tokens of an answer; Hugging Face has 30, but in Chinese a character is one. */
    public static final int MAX_ANSWER_TOKENS = 50;

    // Enough texts at once to sort them by length and to share them among threads.
    private static final int EVALUATION_TOKENS = 1 << 15;

    private final Tokenizer tokenizer;
    private final EncodingOptions options;
    private final ThresholdTuning thresholds;

    /**
     * @param tokenizer of the model to train
     * @param maxLength most tokens of a sequence
     */
    public TrainingTasks(Tokenizer tokenizer, int maxLength) {
        this(tokenizer, EncodingOptions.DEFAULT.withMaxLength(maxLength), ThresholdTuning.NONE);
    }

    private TrainingTasks(Tokenizer tokenizer, EncodingOptions options, ThresholdTuning thresholds) {
        this.tokenizer = tokenizer;
        this.options = options;
        this.thresholds = thresholds;
    }

    /** The same, but with development texts that choose the thresholds of multi-label tasks, at each evaluation anew. */
    public TrainingTasks withThresholds(ThresholdTuning how) {
        return new TrainingTasks(tokenizer, options, how);
    }

    /**
     * One label for each text, or the probability of each label to learn; it is evaluated by the most probable one.
     *
     * @param train texts to learn from
     * @param dev texts to choose the best weights by; may be empty
     * @param labels the model's labels
     * @throws IllegalArgumentException naming the line of a label that is none of them
     */
    public TrainingTask classification(List<LabeledText> train, List<LabeledText> dev, List<String> labels) {
        dev.forEach(text -> TextClassifier.index(text, labels));
        return labeled(
                Loss.CLASSIFICATION,
                train,
                dev,
                text -> target(text, labels),
                (weights, encoder) ->
                        new TextClassifier(tokenizer, weights, encoder, EVALUATION_TOKENS).evaluate(dev, done -> {}));
    }

    /** The label's index, or the probability of each label where those are given. */
    private static float[] target(LabeledText text, List<String> labels) {
        if (text.probabilities().isEmpty()) {
            return new float[] {TextClassifier.index(text, labels)};
        }
        float[] target = new float[labels.size()];
        text.probabilities()
                .forEach(
                        (label, probability) -> target[TextClassifier.index(label, text.line(), labels)] = probability);
        return target;
    }

    /** Any number of labels for each text; else as {@link #classification}. */
    public TrainingTask multiLabel(List<LabeledText> train, List<LabeledText> dev, List<String> labels) {
        dev.forEach(text -> MultiLabelClassifier.flags(text, labels));
        return labeled(
                Loss.MULTI_LABEL,
                train,
                dev,
                text -> {
                    boolean[] flags = MultiLabelClassifier.flags(text, labels);
                    float[] target = new float[flags.length];
                    for (int c = 0; c < flags.length; c++) {
                        target[c] = flags[c] ? 1 : 0;
                    }
                    return target;
                },
                (weights, encoder) -> new MultiLabelClassifier(tokenizer, weights, encoder, EVALUATION_TOKENS)
                        .tune(dev, thresholds, done -> {}));
    }

    /** A number for each text or pair of texts, its label; else as {@link #classification}. */
    public TrainingTask regression(List<LabeledText> train, List<LabeledText> dev) {
        dev.forEach(TextRegressor::number);
        return labeled(
                Loss.REGRESSION,
                train,
                dev,
                text -> new float[] {(float) TextRegressor.number(text)},
                (weights, encoder) ->
                        new TextRegressor(tokenizer, weights, encoder, EVALUATION_TOKENS).evaluate(dev, done -> {}));
    }

    /**
     * What is named in texts.
     *
     * @param labels the model's, as {@link EntityRecognizer#tags}
     * @throws IllegalArgumentException if a span's type is none of them
     */
    public TrainingTask entities(List<TaggedText> train, List<TaggedText> dev, List<String> labels) {
        List<Example> examples = train.parallelStream()
                .flatMap(text -> tokenizer.windows(text.text(), null, options, (options.maxLength() - 2) / 4).stream()
                        .map(window -> tagged(window, text, labels)))
                .filter(example -> Loss.TOKEN_CLASSIFICATION.weight(example, ClassWeights.NONE) > 0)
                .toList();
        return new ExampleTask(
                Loss.TOKEN_CLASSIFICATION,
                examples,
                dev.isEmpty()
                        ? null
                        : (weights, encoder) -> new EntityRecognizer(tokenizer, weights, encoder, EVALUATION_TOKENS)
                                .evaluate(dev, done -> {}),
                fingerprint(
                        dev.size(),
                        dev.stream()
                                .flatMap(text ->
                                        Stream.of(text.text(), text.spans().toString()))));
    }

    private static Example tagged(Encoding window, TaggedText text, List<String> labels) {
        int[] tags = EntityRecognizer.tagIds(window, text, labels);
        float[] target = new float[tags.length];
        for (int token = 0; token < tags.length; token++) {
            target[token] = tags[token] == EntityRecognizer.NO_TAG ? Loss.IGNORED : tags[token];
        }
        return Example.of(window.ids(), window.typeIds(), target);
    }

    /**
     * Answers to questions, in their contexts. Long contexts are read in windows that share a quarter of their tokens; where the first
     * answer is not whole in a window, the target is [CLS] (Hugging Face's {@code run_qa.py}). Where some of {@code dev} have no answer, each
     * evaluation chooses the threshold of "no answer" anew, as SQuAD 2's script does.
     *
     * @param script compares answers
     */
    public TrainingTask answers(List<QuestionContext> train, List<QuestionContext> dev, AnswerScript script) {
        int maxLength = options.maxLength();
        AnswerOptions answerOptions =
                AnswerOptions.DEFAULT.withLength(maxLength, maxLength / 4).withMaxAnswerTokens(MAX_ANSWER_TOKENS);
        List<Example> examples = train.parallelStream()
                .flatMap(question ->
                        QuestionAnswerer.windows(
                                        tokenizer, question.question(), question.context(), maxLength, maxLength / 4)
                                .stream()
                                .map(window -> answered(window, question)))
                .toList();
        return new ExampleTask(
                Loss.SPAN,
                examples,
                dev.isEmpty()
                        ? null
                        : (weights, encoder) -> new QuestionAnswerer(
                                        tokenizer, weights, encoder, EVALUATION_TOKENS, answerOptions)
                                .tune(dev, script, done -> {}),
                fingerprint(
                        dev.size(),
                        dev.stream()
                                .flatMap(question -> Stream.of(
                                        question.question(),
                                        question.context(),
                                        question.answers().toString()))));
    }

    private static Example answered(AnswerWindow window, QuestionContext question) {
        AnswerWindow.Tokens tokens = question.answers().stream()
                .filter(QuestionContext.Answer::isSpan)
                .findFirst()
                .map(answer -> window.tokens(answer.begin(), answer.end()))
                .orElse(AnswerWindow.Tokens.NONE);
        return Example.of(window.encoding().ids(), window.encoding().typeIds(), tokens.first(), tokens.last());
    }

    /** One of several options for each question. */
    public TrainingTask choices(List<ChoiceQuestion> train, List<ChoiceQuestion> dev) {
        List<Example> examples = train.parallelStream().map(this::choice).toList();
        return new ExampleTask(
                Loss.CHOICE,
                examples,
                dev.isEmpty()
                        ? null
                        : (weights, encoder) -> new MultipleChoice(tokenizer, weights, encoder, EVALUATION_TOKENS)
                                .evaluate(dev, done -> {}),
                fingerprint(
                        dev.size(),
                        dev.stream()
                                .flatMap(question -> Stream.of(
                                        question.context(),
                                        question.question(),
                                        question.choices().toString(),
                                        Integer.toString(question.answer())))));
    }

    /** Texts by how well they fit a query. */
    public TrainingTask rankings(List<RankedQuery> train, List<RankedQuery> dev) {
        return new ExampleTask(
                Loss.RANKING,
                train.parallelStream().map(this::ranking).toList(),
                dev.isEmpty()
                        ? null
                        : (weights, encoder) -> new Reranker(tokenizer, weights, encoder, EVALUATION_TOKENS)
                                .evaluate(dev, done -> {})
                                .toReport(),
                fingerprint(
                        dev.size(),
                        dev.stream()
                                .flatMap(query -> Stream.of(
                                        query.query(),
                                        query.texts().toString(),
                                        query.labels().toString()))));
    }

    private Example ranking(RankedQuery query) {
        List<Encoding> encodings = Reranker.encodings(tokenizer, query.query(), query.texts(), options.maxLength());
        float[] labels = new float[encodings.size()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = query.labels().get(i).floatValue();
        }
        return new Example(encodings.stream().map(TrainingTasks::sequence).toList(), labels);
    }

    /**
     * Vectors of texts: pairs that belong together; or texts alone, each of which is paired with itself, and dropout makes the
     * difference (SimCSE).
     *
     * @param dev pairs, with scores or without labels: see {@link SentenceEmbedder#evaluate}
     * @param pooling how a text's vector is made
     * @throws dev.albert4j.data.BadExampleException naming the line of a text that does not fit the others
     */
    public TrainingTask embeddings(List<LabeledText> train, List<LabeledText> dev, Pooling pooling) {
        SentenceEmbedder.isScored(dev);
        SentenceConfig sentences = new SentenceConfig(pooling, false, options.maxLength()); // cosines ignore the length
        SentenceEmbedder.arePairs(train);
        List<Example> examples = train.parallelStream()
                .map(text -> {
                    Example.Sequence first = sequence(tokenizer.encode(text.text(), null, options));
                    Example.Sequence second =
                            text.pair() == null ? first : sequence(tokenizer.encode(text.pair(), null, options));
                    return new Example(List.of(first, second), new float[1]);
                })
                .toList();
        return new ExampleTask(
                Loss.CONTRASTIVE,
                examples,
                dev.isEmpty()
                        ? null
                        : (weights, encoder) -> new SentenceEmbedder(tokenizer, encoder, sentences, EVALUATION_TOKENS)
                                .evaluate(dev, done -> {}),
                fingerprint(dev));
    }

    private static Example.Sequence sequence(Encoding encoding) {
        return new Example.Sequence(encoding.ids(), encoding.typeIds());
    }

    private Example choice(ChoiceQuestion question) {
        MultipleChoice.Input input =
                new MultipleChoice.Input(question.context(), question.question(), question.choices());
        List<Example.Sequence> sequences = MultipleChoice.encodings(tokenizer, input, options.maxLength()).stream()
                .map(TrainingTasks::sequence)
                .toList();
        return new Example(sequences, new float[] {question.answer()});
    }

    /**
     * Texts whose words are hidden, other ones in each epoch, and guessed. A text that is longer than the model reads is cut into
     * pieces.
     *
     * @throws IllegalArgumentException if nothing can be hidden in the development texts
     */
    public TrainingTask maskedTokens(List<String> train, List<String> dev) {
        List<Example> examples = train.parallelStream()
                .flatMap(text -> tokenizer.windows(text, null, options, 0).stream())
                .map(window -> Example.of(window.ids(), window.typeIds(), Loss.IGNORED))
                .toList();
        return new ExampleTask(
                Loss.MASKED_LM,
                examples,
                dev.isEmpty()
                        ? null
                        : (weights, encoder) -> new MaskedTokenFiller(tokenizer, weights, encoder, EVALUATION_TOKENS)
                                .evaluate(dev, done -> {})
                                .toReport(),
                fingerprint(dev.size(), dev.stream()));
    }

    private TrainingTask labeled(
            Loss loss,
            List<LabeledText> train,
            List<LabeledText> dev,
            Function<LabeledText, float[]> target,
            TrainingTask.Development development) {
        List<Example> examples = train.parallelStream()
                .map(text -> {
                    Encoding encoding = tokenizer.encode(text.text(), text.pair(), options);
                    return Example.of(encoding.ids(), encoding.typeIds(), target.apply(text));
                })
                .toList();
        return new ExampleTask(loss, examples, dev.isEmpty() ? null : development, fingerprint(dev));
    }

    private static String fingerprint(List<LabeledText> dev) {
        return fingerprint(dev.size(), dev.stream().flatMap(text -> Stream.of(text.text(), text.pair(), text.label())));
    }

    private static String fingerprint(int count, Stream<@Nullable String> parts) {
        CRC32C crc = new CRC32C();
        parts.forEach(part -> {
            crc.update((part == null ? "" : part).getBytes(StandardCharsets.UTF_8));
            crc.update(0);
        });
        return count + " examples with checksum " + Long.toHexString(crc.getValue());
    }
}
