package dev.albert4j.train;

import static org.bytedeco.pytorch.global.torch.binary_cross_entropy_with_logits;
import static org.bytedeco.pytorch.global.torch.cat;
import static org.bytedeco.pytorch.global.torch.cross_entropy_loss;
import static org.bytedeco.pytorch.global.torch.mse_loss;

import dev.albert4j.model.Head;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;

/** What a task makes smaller, as the heads of Hugging Face's {@code modeling_albert.py} define it. */
public enum Loss {
    /**
     * One class for each sequence; the target is its index, or the probability of each class, [C]. With exit classifiers, of all layers:
     * {@link #exits}.
     */
    CLASSIFICATION(Head.SEQUENCE_CLASSIFICATION),
    /** Any number of classes for each sequence; the target is 0 or 1 for each class, [C]. */
    MULTI_LABEL(Head.SEQUENCE_CLASSIFICATION),
    /** A number for each sequence; squared error. */
    REGRESSION(Head.SEQUENCE_CLASSIFICATION),
    /** One class for each token; the target holds their indices, {@link #IGNORED} where a token does not count, [T]. */
    TOKEN_CLASSIFICATION(Head.TOKEN_CLASSIFICATION),
    /** A first and a last token of each sequence; the target holds both indices. */
    SPAN(Head.QUESTION_ANSWERING),
    /** One of the sequences of each example; the target is its index. */
    CHOICE(Head.MULTIPLE_CHOICE),
    /**
     * The pieces that were hidden; the target holds the id of each, {@link #IGNORED} where nothing was hidden, [T]. Training examples
     * come unmasked, with any target: each epoch hides anew.
     */
    MASKED_LM(Head.MASKED_LM),
    /**
     * The sequences of each example by how well they fit; the target is a label for each, 0 or more. Softmax cross-entropy: the share of
     * each label in their sum against the softmax of the scores.
     */
    RANKING(Head.SEQUENCE_CLASSIFICATION),
    /**
     * Vectors of texts, near each other where they belong together. An example is a text, the text that belongs to it, and perhaps
     * others that do not; as many in each. InfoNCE (van den Oord et al. 2018, as in SimCSE, Gao et al. 2021): among the second and
     * further texts of all examples of a group the first text is to find its own second one, by cross-entropy over the cosines divided
     * by the temperature. A text that reads as its own second one counts as none of the others. The target is not read.
     *
     * <p>A group is at most {@code groupSize} examples of one step; the trainer never cuts it, and which examples make it depends on
     * seed, epoch and step alone, not on the number of threads.
     */
    CONTRASTIVE(Head.NONE);

    /** Target of a token that does not count. */
    public static final int IGNORED = -100;

    private static final long REDUCTION_MEAN = 1; // at::Reduction::Mean
    private static final long REDUCTION_SUM = 2;

    private static final double LEAST_LENGTH = 1e-12; // as PyTorch's normalize

    private final Head head;

    Loss(Head head) {
        this.head = head;
    }

    /** The head it needs. */
    public Head head() {
        return head;
    }

    /** Whether a target refers to tokens by their places, so that none may be left out. */
    boolean countsTokens() {
        return this == TOKEN_CLASSIFICATION || this == SPAN || this == MASKED_LM;
    }

    /** Whether a parameter plays a part: the vectors of texts are not the pooler's. */
    boolean dependsOn(String parameter) {
        return this != CONTRASTIVE || !parameter.startsWith("albert.pooler.");
    }

    /** What an example weighs in a mean: the sum of the weights of its targets that count. */
    double weight(Example example, ClassWeights weights) {
        if (this != TOKEN_CLASSIFICATION && this != CLASSIFICATION && this != MASKED_LM || isDistribution(example)) {
            return 1;
        }
        double sum = 0;
        for (float target : example.target()) {
            sum += weights.weight(target);
        }
        return sum;
    }

    /**
     * The mean loss of examples, each as much as it {@linkplain #weight weighs}: so that the mean of a batch is that of its parts.
     *
     * @param batch their sequences
     * @param config the settings of losses are used
     * @param weights of the classes; others than {@link ClassWeights#NONE} only where a target is a class
     * @return a scalar of the caller's {@code PointerScope}
     */
    Tensor of(AlbertModel model, PackedBatch batch, List<Example> examples, TrainConfig config, ClassWeights weights) {
        double labelSmoothing = config.labelSmoothing();
        return switch (this) {
            case CLASSIFICATION ->
                model.config().exitClassifiers()
                        ? exits(model.exitLogits(batch), examples, labelSmoothing, weights)
                        : classes(model.logits(batch), examples, labelSmoothing, weights);
            case MULTI_LABEL -> {
                Tensor logits = model.logits(batch); // [B, C]
                yield binary_cross_entropy_with_logits(
                        logits,
                        Tensors.of(concatenated(examples), model.device()).view(logits.size(0), logits.size(1)),
                        new TensorOptional(),
                        new TensorOptional(),
                        REDUCTION_MEAN);
            }
            case REGRESSION ->
                mse_loss(
                        model.logits(batch).view(-1),
                        Tensors.of(concatenated(examples), model.device()),
                        REDUCTION_MEAN);
            case TOKEN_CLASSIFICATION -> tokens(model.tokenLogits(batch), examples, labelSmoothing, weights);
            case SPAN -> spans(model.tokenLogits(batch), batch, examples);
            case CHOICE, RANKING -> choices(model.logits(batch).view(-1), examples);
            case CONTRASTIVE -> contrastive(model.sentences(batch, config.pooling()), examples, config.temperature());
            case MASKED_LM -> {
                Tensor states = model.lastHiddenState(batch, state -> {}); // [N, H]
                yield hidden(model, states, concatenated(examples), labelSmoothing);
            }
        };
    }

    /**
     * The mean over the hidden pieces; the head sees no others.
     *
     * @param states the last hidden state, [N, H]
     * @param targets of each token: the id that stood there, {@link #IGNORED} where nothing was hidden, [N]; something was
     */
    static Tensor hidden(AlbertModel model, Tensor states, float[] targets, double labelSmoothing) {
        long[] places = IntStream.range(0, targets.length)
                .filter(token -> targets[token] != IGNORED)
                .mapToLong(token -> token)
                .toArray();
        long[] ids =
                LongStream.of(places).map(token -> (long) targets[(int) token]).toArray();
        Tensor logits = model.predictionLogits(states.index_select(0, Tensors.of(places, model.device()))); // [P, V]
        return crossEntropy(logits, ids, labelSmoothing, ClassWeights.NONE);
    }

    /**
     * The mean cross-entropy of a class, or of a distribution over the classes, for each sequence.
     *
     * @param logits [B, C]
     * @param weights none if there are distributions
     */
    static Tensor classes(Tensor logits, List<Example> examples, double labelSmoothing, ClassWeights weights) {
        if (examples.stream().allMatch(example -> example.target().length == 1)) {
            return crossEntropy(logits, targets(examples, 0), labelSmoothing, weights);
        }
        int numClasses = (int) logits.size(1);
        float[] shares = new float[examples.size() * numClasses];
        for (int i = 0; i < examples.size(); i++) {
            float[] target = examples.get(i).target();
            if (target.length == 1) {
                shares[i * numClasses + (int) target[0]] = 1;
            } else {
                System.arraycopy(target, 0, shares, i * numClasses, numClasses);
            }
        }
        return cross_entropy_loss(
                logits,
                Tensors.of(shares, logits.device()).view(examples.size(), numClasses),
                weights.optional(logits.device()),
                REDUCTION_MEAN,
                IGNORED,
                labelSmoothing);
    }

    /** Whether the target of a classification's example is the probability of each class. */
    boolean isDistribution(Example example) {
        return this == CLASSIFICATION && example.target().length > 1;
    }

    /**
     * The mean of the layers' cross-entropies, the k-th layer's with weight k (Zhou et al. 2020, section 3).
     *
     * @param logits of each layer, from the first, [B, C]
     */
    static Tensor exits(List<Tensor> logits, List<Example> examples, double labelSmoothing, ClassWeights weights) {
        int numLayers = logits.size();
        TensorVector losses = new TensorVector();
        for (int layer = 1; layer <= numLayers; layer++) {
            double weight = 2.0 * layer / ((double) numLayers * (numLayers + 1));
            losses.push_back(classes(logits.get(layer - 1), examples, labelSmoothing, weights)
                    .mul(new Scalar(weight))
                    .view(1));
        }
        return cat(losses).sum();
    }

    private static Tensor crossEntropy(Tensor logits, long[] targets, double labelSmoothing, ClassWeights weights) {
        return cross_entropy_loss(
                logits,
                Tensors.of(targets, logits.device()),
                weights.optional(logits.device()),
                REDUCTION_MEAN,
                IGNORED,
                labelSmoothing);
    }

    /** The mean over the tokens that count. */
    private static Tensor tokens(Tensor logits, List<Example> examples, double labelSmoothing, ClassWeights weights) {
        float[] all = concatenated(examples);
        long[] targets = new long[all.length];
        Arrays.setAll(targets, token -> (long) all[token]);
        return crossEntropy(logits, targets, labelSmoothing, weights);
    }

    /** The mean of the losses of the first and of the last token, each chosen among its sequence's tokens. */
    private static Tensor spans(Tensor logits, PackedBatch batch, List<Example> examples) {
        TensorVector losses = new TensorVector();
        int example = 0;
        long token = 0;
        for (PackedBatch.Group group : batch.groups()) {
            int b = group.numSequences();
            Tensor scores = logits.narrow(0, token, group.numTokens())
                    .view(b, group.length(), 2)
                    .permute(2, 0, 1)
                    .reshape(2L * b, group.length()); // [2b, T]: firsts, then lasts
            List<Example> members = examples.subList(example, example + b);
            long[] targets = new long[2 * b];
            System.arraycopy(targets(members, 0), 0, targets, 0, b);
            System.arraycopy(targets(members, 1), 0, targets, b, b);
            losses.push_back(cross_entropy_loss(
                            scores,
                            Tensors.of(targets, scores.device()),
                            new TensorOptional(),
                            REDUCTION_SUM,
                            IGNORED,
                            0)
                    .view(1));
            example += b;
            token += group.numTokens();
        }
        return cat(losses).sum().mul(new Scalar(0.5 / examples.size()));
    }

    /** The mean of the cross-entropies, each over the scores of one example's sequences. */
    private Tensor choices(Tensor scores, List<Example> examples) {
        TensorVector losses = new TensorVector();
        long sequence = 0;
        for (Example example : examples) {
            int choices = example.sequences().size();
            Tensor target = Tensors.of(distribution(example), scores.device()).view(1, choices);
            losses.push_back(cross_entropy_loss(
                            scores.narrow(0, sequence, choices).view(1, choices),
                            target,
                            new TensorOptional(),
                            REDUCTION_MEAN,
                            IGNORED,
                            0)
                    .view(1));
            sequence += choices;
        }
        return cat(losses).mean();
    }

    /** What the softmax over an example's sequences is to be. */
    private float[] distribution(Example example) {
        float[] shares = new float[example.sequences().size()];
        if (this == CHOICE) {
            shares[(int) example.target()[0]] = 1;
            return shares;
        }
        float sum = 0;
        for (float label : example.target()) {
            sum += label;
        }
        for (int i = 0; i < shares.length; i++) {
            shares[i] = example.target()[i] / sum;
        }
        return shares;
    }

    /** @param vectors of the examples' sequences, [K·M, H] for K examples of M sequences */
    static Tensor contrastive(Tensor vectors, List<Example> examples, double temperature) {
        int k = examples.size();
        int m = examples.get(0).sequences().size();
        Tensor lengths = vectors.norm(new ScalarOptional(new Scalar(2.0)), new long[] {1}, true);
        Tensor units = vectors.div(lengths.clamp_min(new Scalar(LEAST_LENGTH))).view(k, m, -1); // [K, M, H]
        Tensor first = units.select(1, 0); // [K, H]
        Tensor others = units.narrow(1, 1, m - 1).transpose(0, 1).reshape((m - 1L) * k, vectors.size(1));
        Tensor scores = first.matmul(others.t()).div(new Scalar(temperature)); // [K, (M-1)K]
        long[] own = LongStream.range(0, k).toArray();
        return crossEntropy(
                scores.add(Tensors.of(repeats(examples), scores.device()).view(k, (m - 1L) * k)),
                own,
                0,
                ClassWeights.NONE);
    }

    /** What is added to scores so that repeats of an example's second text do not count, [K, (M-1)K]. */
    private static float[] repeats(List<Example> examples) {
        int k = examples.size();
        int columns = (examples.get(0).sequences().size() - 1) * k;
        float[] added = new float[k * columns];
        for (int row = 0; row < k; row++) {
            int[] own = examples.get(row).sequences().get(1).ids();
            for (int column = 0; column < columns; column++) {
                Example example = examples.get(column % k);
                boolean repeats = column != row
                        && Arrays.equals(
                                own, example.sequences().get(1 + column / k).ids());
                added[row * columns + column] = repeats ? Float.NEGATIVE_INFINITY : 0;
            }
        }
        return added;
    }

    private static long[] targets(List<Example> examples, int index) {
        return examples.stream()
                .mapToLong(example -> (long) example.target()[index])
                .toArray();
    }

    private static float[] concatenated(List<Example> examples) {
        float[] all = new float
                [examples.stream().mapToInt(example -> example.target().length).sum()];
        int i = 0;
        for (Example example : examples) {
            System.arraycopy(example.target(), 0, all, i, example.target().length);
            i += example.target().length;
        }
        return all;
    }
}
