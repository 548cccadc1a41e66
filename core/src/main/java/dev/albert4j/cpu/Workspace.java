package dev.albert4j.cpu;

import dev.albert4j.model.AlbertConfig;
import java.util.List;
import java.util.stream.Stream;

/** The buffers of one call, used again by the next; not for use by several calls at once. */
final class Workspace {
    private static final int CAPACITY_UNIT = 64;

    private final int hiddenSize;
    private final int panelWidth;
    private final KeysAndValues keysAndValues;
    private final List<Scratch> scratch; // one a member of the team
    private int capacity;
    private Rows hidden; // [N, H]

    /** @param maxRowsPerTask most rows a thread carries through a layer at once */
    Workspace(AlbertConfig config, Kernels kernels, int teamSize, int maxRowsPerTask) {
        hiddenSize = config.hiddenSize();
        panelWidth = kernels.panelWidth();
        keysAndValues = new KeysAndValues(config.numAttentionHeads(), config.headSize(), panelWidth);
        scratch = Stream.generate(() -> Scratch.of(config, maxRowsPerTask, kernels))
                .limit(teamSize)
                .toList();
        hidden = Rows.of(0, 1, panelWidth);
    }

    /** Makes room for a part; what the buffers held is lost. */
    void reserve(Part part) {
        if (part.numTokens() > capacity) {
            capacity = Panels.roundUp(part.numTokens(), CAPACITY_UNIT);
            hidden = Rows.of(capacity, hiddenSize, panelWidth);
        }
        keysAndValues.reserve(part);
    }

    Rows hidden() {
        return hidden;
    }

    KeysAndValues keysAndValues() {
        return keysAndValues;
    }

    Scratch scratch(int member) {
        return scratch.get(member);
    }
}
