package dev.albert4j.train;

import static org.bytedeco.pytorch.global.torch.cross_entropy_loss;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/**
 * The loss of pre-training: the mean over all hidden tokens of a batch of the cross-entropy of what stood there, plus the mean over
 * all its sequences of the cross-entropy of their segments' order. (As Hugging Face; google-research adds 1e-5 to the number of
 * tokens.)
 *
 * <p>The target of an {@link Example} is the order's label, then the places of its P hidden tokens, then their P ids.
 *
 * @param order whether the order counts
 */
record PretrainingLoss(boolean order) {
    private static final long REDUCTION_SUM = 2; // at::Reduction::Sum
    private static final int IGNORED = -100;

    /**
     * What the two heads say of some examples.
     *
     * @param tokens [P, V]; P is the number of all hidden tokens, and may be 0
     * @param tokenTargets [P]
     * @param orders [B, 2]
     * @param orderTargets [B]
     */
    record Logits(Tensor tokens, long[] tokenTargets, Tensor orders, long[] orderTargets) {
        /** The sum of the losses of the hidden tokens. */
        Tensor tokenLoss() {
            return sum(tokens, tokenTargets);
        }

        /** The sum of the losses of the orders. */
        Tensor orderLoss() {
            return sum(orders, orderTargets);
        }

        private static Tensor sum(Tensor logits, long[] targets) {
            return cross_entropy_loss(
                    logits, Tensors.of(targets, logits.device()), new TensorOptional(), REDUCTION_SUM, IGNORED, 0);
        }
    }

    /** An example as this loss reads it. */
    static Example example(int[] ids, int[] typeIds, int order, int[] positions, int[] targets) {
        float[] target = new float[1 + 2 * positions.length];
        target[0] = order;
        for (int i = 0; i < positions.length; i++) {
            target[1 + i] = positions[i];
            target[1 + positions.length + i] = targets[i]; // exact up to 2^24
        }
        return Example.of(ids, typeIds, target);
    }

    /** Number of hidden tokens of examples. */
    static long numHidden(List<Example> examples) {
        return examples.stream().mapToLong(PretrainingLoss::numHidden).sum();
    }

    private static int numHidden(Example example) {
        return (example.target().length - 1) / 2;
    }

    /** The logits of both heads, at the hidden tokens only. */
    static Logits logits(AlbertModel model, List<Example> examples) {
        PackedBatch batch = PackedBatch.ofExamples(examples, model.device());
        List<long[]> places = new ArrayList<>(); // of each example: its first token, then its hidden ones
        long[] orderTargets = new long[examples.size()];
        long[] tokenTargets = new long[Math.toIntExact(numHidden(examples))];
        long[] firsts = new long[orderTargets.length]; // where among all places first tokens are
        long[] hidden = new long[tokenTargets.length]; // and hidden ones
        long start = 0;
        int numHidden = 0;
        for (int i = 0; i < examples.size(); i++) {
            Example example = examples.get(i);
            int count = numHidden(example);
            long[] own = new long[1 + count];
            own[0] = start;
            firsts[i] = i + numHidden;
            orderTargets[i] = (long) example.target()[0];
            for (int j = 1; j <= count; j++) {
                own[j] = start + (long) example.target()[j];
                hidden[numHidden] = firsts[i] + j;
                tokenTargets[numHidden++] = (long) example.target()[count + j];
            }
            places.add(own);
            start += example.length();
        }
        Tensor states = model.lastHiddenState(batch, SomeTokens.of(batch, places, model.device())); // [B + P, H]
        return new Logits(
                model.predictionLogits(states.index_select(0, Tensors.of(hidden, model.device()))),
                tokenTargets,
                model.sentenceOrderLogits(model.pooler(states.index_select(0, Tensors.of(firsts, model.device())))),
                orderTargets);
    }

    /** The part that some examples have in the loss of their batch. */
    Tensor of(AlbertModel model, List<Example> batch, List<Example> members) {
        Logits logits = logits(model, members);
        Tensor loss = logits.tokenLoss().mul(new Scalar(1.0 / Math.max(1, numHidden(batch))));
        return order ? loss.add_(logits.orderLoss(), new Scalar(1.0 / batch.size())) : loss;
    }
}
