package dev.albert4j.train;

import dev.albert4j.train.PackedBatch.Group;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;

/**
 * Some tokens of each sequence of a batch, M in all. Attention wants the same number from each sequence of a group: sequences
 * with fewer are padded with their first token, and what comes of that is left out again. Its tensors belong to the {@code
 * PointerScope} it was made in.
 *
 * @param places of the tokens among the N of the batch, sequence by sequence, [M], int64
 * @param padded the same with the padding, [S], int64
 * @param kept which of the padded ones are no padding, [M], int64
 * @param groupTokens padded ones of each group
 */
record SomeTokens(Tensor places, Tensor padded, Tensor kept, long[] groupTokens) {
    /** @param places among the N tokens, for each sequence in its order: at least one */
    static SomeTokens of(PackedBatch batch, List<long[]> places, Device device) {
        long[] groupTokens = new long[batch.groups().size()];
        int sequence = 0;
        for (int group = 0; group < groupTokens.length; group++) {
            int numSequences = batch.groups().get(group).numSequences();
            List<long[]> members = places.subList(sequence, sequence + numSequences);
            groupTokens[group] = (long) numSequences * mostOf(members);
            sequence += numSequences;
        }
        long[] padded = new long[Math.toIntExact(Arrays.stream(groupTokens).sum())];
        long[] all = places.stream().flatMapToLong(Arrays::stream).toArray();
        long[] kept = new long[all.length];
        int filled = 0;
        int numKept = 0;
        sequence = 0;
        for (Group group : batch.groups()) {
            int most = mostOf(places.subList(sequence, sequence + group.numSequences()));
            for (int end = sequence + group.numSequences(); sequence < end; sequence++) {
                long[] own = places.get(sequence);
                for (int i = 0; i < most; i++, filled++) {
                    padded[filled] = own[i < own.length ? i : 0];
                    if (i < own.length) {
                        kept[numKept++] = filled;
                    }
                }
            }
        }
        return new SomeTokens(
                Tensors.of(all, device), Tensors.of(padded, device), Tensors.of(kept, device), groupTokens);
    }

    private static int mostOf(List<long[]> places) {
        return places.stream().mapToInt(own -> own.length).max().orElseThrow();
    }
}
