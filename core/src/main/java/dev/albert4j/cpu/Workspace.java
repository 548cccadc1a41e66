package dev.albert4j.cpu;

import dev.albert4j.model.AlbertConfig;
import java.util.List;
import java.util.stream.Stream;

/** The buffers of one call, used again by the next; not for use by several calls at once. */
final class Workspace {
    private static final int CAPACITY_UNIT = 64;

    private final AlbertConfig config;
    private final int panelWidth;
    private final List<Attention> attention; // one a member of the team
    private int capacity;
    private Rows embeddings; // [N, E]
    private Rows hidden; // [N, H]
    private Rows query; // [N, H]
    private Rows key; // [N, H]
    private Rows value; // [N, H]
    private Rows context; // [N, H]
    private Rows attended; // [N, H]
    private Rows intermediate; // [N, F]

    Workspace(AlbertConfig config, Kernels kernels, int teamSize) {
        this.config = config;
        this.panelWidth = kernels.panelWidth();
        this.attention = Stream.generate(() -> new Attention(kernels, config.headSize()))
                .limit(teamSize)
                .toList();
        Rows none = Rows.of(0, 1, panelWidth);
        this.embeddings = none;
        this.hidden = none;
        this.query = none;
        this.key = none;
        this.value = none;
        this.context = none;
        this.attended = none;
        this.intermediate = none;
    }

    /** Makes room for so many rows; what the buffers held is lost. */
    void reserve(int numRows) {
        if (numRows <= capacity) {
            return;
        }
        capacity = Panels.roundUp(numRows, CAPACITY_UNIT);
        embeddings = Rows.of(capacity, config.embeddingSize(), panelWidth);
        hidden = Rows.of(capacity, config.hiddenSize(), panelWidth);
        query = Rows.of(capacity, config.hiddenSize(), panelWidth);
        key = Rows.of(capacity, config.hiddenSize(), panelWidth);
        value = Rows.of(capacity, config.hiddenSize(), panelWidth);
        context = Rows.of(capacity, config.hiddenSize(), panelWidth);
        attended = Rows.of(capacity, config.hiddenSize(), panelWidth);
        intermediate = Rows.of(capacity, config.intermediateSize(), panelWidth);
    }

    Rows embeddings() {
        return embeddings;
    }

    Rows hidden() {
        return hidden;
    }

    Rows query() {
        return query;
    }

    Rows key() {
        return key;
    }

    Rows value() {
        return value;
    }

    Rows context() {
        return context;
    }

    /** The attention's output after its residual and LayerNorm. */
    Rows attended() {
        return attended;
    }

    Rows intermediate() {
        return intermediate;
    }

    Attention attention(int member) {
        return attention.get(member);
    }
}
