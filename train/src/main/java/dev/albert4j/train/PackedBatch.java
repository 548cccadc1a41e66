package dev.albert4j.train;

import dev.albert4j.model.Batch;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.DeviceType;

/**
 * A {@link Batch} as libtorch sees it: N tokens in a row, no padding. Its tensors belong to the {@code PointerScope} it
 * was made in.
 *
 * <p>Linear layers run on all N tokens at once; attention runs on one group at a time, a group being neighbouring
 * sequences of the same length. Sort a batch by length to have few groups.
 */
final class PackedBatch {
    /**
     * Neighbouring sequences of one length.
     *
     * @param numSequences b
     * @param length T of each
     */
    record Group(int numSequences, int length) {
        int numTokens() {
            return numSequences * length;
        }
    }

    private final Tensor ids; // [N]
    private final Tensor typeIds; // [N]
    private final Tensor positions; // [N]
    private final Tensor firstTokens; // [B]
    private final List<Group> groups;

    private PackedBatch(Tensor ids, Tensor typeIds, Tensor positions, Tensor firstTokens, List<Group> groups) {
        this.ids = ids;
        this.typeIds = typeIds;
        this.positions = positions;
        this.firstTokens = firstTokens;
        this.groups = groups;
    }

    /** A batch for a model on the processor. */
    static PackedBatch of(Batch batch) {
        return of(batch, new Device(DeviceType.CPU));
    }

    /** A batch for a model on a device. */
    static PackedBatch of(Batch batch, Device device) {
        int n = batch.numTokens();
        long[] ids = new long[n];
        long[] typeIds = new long[n];
        long[] positions = new long[n];
        long[] firstTokens = new long[batch.numSequences()];
        List<Group> groups = new ArrayList<>();
        for (int sequence = 0; sequence < batch.numSequences(); sequence++) {
            int start = batch.start(sequence);
            int length = batch.length(sequence);
            firstTokens[sequence] = start;
            for (int i = 0; i < length; i++) {
                ids[start + i] = batch.id(start + i);
                typeIds[start + i] = batch.typeId(start + i);
                positions[start + i] = i;
            }
            int last = groups.size() - 1;
            if (last >= 0 && groups.get(last).length() == length) {
                groups.set(last, new Group(groups.get(last).numSequences() + 1, length));
            } else {
                groups.add(new Group(1, length));
            }
        }
        return new PackedBatch(
                Tensors.of(ids, device),
                Tensors.of(typeIds, device),
                Tensors.of(positions, device),
                Tensors.of(firstTokens, device),
                groups);
    }

    /** The sequences of examples, in their order. */
    static PackedBatch ofExamples(List<Example> examples, Device device) {
        List<int[]> ids = new ArrayList<>();
        List<int[]> typeIds = new ArrayList<>();
        for (Example example : examples) {
            for (Example.Sequence sequence : example.sequences()) {
                ids.add(sequence.ids());
                typeIds.add(sequence.typeIds());
            }
        }
        return of(Batch.of(ids.toArray(int[][]::new), typeIds.toArray(int[][]::new)), device);
    }

    /** [N], int64. */
    Tensor ids() {
        return ids;
    }

    /** [N], int64. */
    Tensor typeIds() {
        return typeIds;
    }

    /** The position of each token in its sequence, [N], int64. */
    Tensor positions() {
        return positions;
    }

    /** Where each sequence begins among the tokens, [B], int64. */
    Tensor firstTokens() {
        return firstTokens;
    }

    /** The groups, in the tokens' order. */
    List<Group> groups() {
        return groups;
    }

    /** Tokens of each group. */
    long[] groupTokens() {
        return groups.stream().mapToLong(Group::numTokens).toArray();
    }

    /** Sequences of each group. */
    long[] groupSequences() {
        return groups.stream().mapToLong(Group::numSequences).toArray();
    }
}
