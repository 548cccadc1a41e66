package dev.albert4j.train;

import static org.bytedeco.pytorch.global.torch.binary_cross_entropy_with_logits;
import static org.bytedeco.pytorch.global.torch.cat;
import static org.bytedeco.pytorch.global.torch.cross_entropy_loss;
import static org.bytedeco.pytorch.global.torch.mse_loss;
import static org.bytedeco.pytorch.global.torch.tensor;

import dev.albert4j.model.Head;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;

/** What a task makes smaller, as the heads of Hugging Face's {@code modeling_albert.py} define it. */
public enum Loss {
    /** One class for each sequence; the target is its index. */
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
    MASKED_LM(Head.MASKED_LM);

    /** Target of a token that does not count. */
    public static final int IGNORED = -100;

    private static final long REDUCTION_MEAN = 1; // at::Reduction::Mean
    private static final long REDUCTION_SUM = 2;

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

    /** What an example weighs in a mean: the number of its targets that count. */
    double weight(Example example) {
        if (this != TOKEN_CLASSIFICATION && this != MASKED_LM) {
            return 1;
        }
        int count = 0;
        for (float target : example.target()) {
            count += target == IGNORED ? 0 : 1;
        }
        return count;
    }

    /**
     * The mean loss of examples.
     *
     * @param batch their sequences
     * @return a scalar of the caller's {@code PointerScope}
     */
    Tensor of(AlbertModel model, PackedBatch batch, List<Example> examples, double labelSmoothing) {
        return switch (this) {
            case CLASSIFICATION -> crossEntropy(model.logits(batch), targets(examples, 0), labelSmoothing);
            case MULTI_LABEL -> {
                Tensor logits = model.logits(batch); // [B, C]
                yield binary_cross_entropy_with_logits(
                        logits,
                        tensor(concatenated(examples)).view(logits.size(0), logits.size(1)),
                        new TensorOptional(),
                        new TensorOptional(),
                        REDUCTION_MEAN);
            }
            case REGRESSION -> mse_loss(model.logits(batch).view(-1), tensor(concatenated(examples)), REDUCTION_MEAN);
            case TOKEN_CLASSIFICATION -> tokens(model.tokenLogits(batch), examples, labelSmoothing);
            case SPAN -> spans(model.tokenLogits(batch), batch, examples);
            case CHOICE -> choices(model.logits(batch).view(-1), examples);
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
        Tensor logits = model.predictionLogits(states.index_select(0, tensor(places))); // [P, V]
        return crossEntropy(logits, ids, labelSmoothing);
    }

    private static Tensor crossEntropy(Tensor logits, long[] targets, double labelSmoothing) {
        return cross_entropy_loss(
                logits, tensor(targets), new TensorOptional(), REDUCTION_MEAN, IGNORED, labelSmoothing);
    }

    /** The mean over the tokens that count. */
    private static Tensor tokens(Tensor logits, List<Example> examples, double labelSmoothing) {
        float[] all = concatenated(examples);
        long[] targets = new long[all.length];
        Arrays.setAll(targets, token -> (long) all[token]);
        return crossEntropy(logits, targets, labelSmoothing);
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
            losses.push_back(
                    cross_entropy_loss(scores, tensor(targets), new TensorOptional(), REDUCTION_SUM, IGNORED, 0)
                            .view(1));
            example += b;
            token += group.numTokens();
        }
        return cat(losses).sum().mul(new Scalar(0.5 / examples.size()));
    }

    private static Tensor choices(Tensor scores, List<Example> examples) {
        TensorVector losses = new TensorVector();
        long sequence = 0;
        for (Example example : examples) {
            int choices = example.sequences().size();
            losses.push_back(
                    crossEntropy(scores.narrow(0, sequence, choices).view(1, choices), targets(List.of(example), 0), 0)
                            .view(1));
            sequence += choices;
        }
        return cat(losses).mean();
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
