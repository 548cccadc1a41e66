package dev.albert4j.tokenize;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** The pieces of a tokenizer and the ids of its special tokens. Immutable and thread-safe. */
public final class Vocabulary {
    private final List<String> tokens; // [V]
    private final Map<String, Integer> ids;
    private final int padId;
    private final int unkId;
    private final int clsId;
    private final int sepId;
    private final int maskId;

    /**
     * @param tokens all tokens, by id; of a token that is there twice the last id counts
     * @param pad the padding token: {@code <pad>} or {@code [PAD]}
     * @param unk the unknown token: {@code <unk>} or {@code [UNK]}
     * @throws IllegalArgumentException if one of pad, unk, {@code [CLS]}, {@code [SEP]}, {@code [MASK]} is missing
     */
    public Vocabulary(List<String> tokens, String pad, String unk) {
        this.tokens = List.copyOf(tokens);
        this.ids = new HashMap<>(tokens.size() * 2);
        for (int id = 0; id < tokens.size(); id++) {
            ids.put(tokens.get(id), id);
        }
        this.padId = required(pad);
        this.unkId = required(unk);
        this.clsId = required("[CLS]");
        this.sepId = required("[SEP]");
        this.maskId = required("[MASK]");
    }

    private int required(String token) {
        Integer id = ids.get(token);
        if (id == null) {
            throw new IllegalArgumentException("the vocabulary has no token " + token);
        }
        return id;
    }

    /** V. */
    public int size() {
        return tokens.size();
    }

    /** The token of an id. */
    public String token(int id) {
        if (id < 0 || id >= tokens.size()) {
            throw new IllegalArgumentException("id " + id + " is outside the vocabulary of " + tokens.size());
        }
        return tokens.get(id);
    }

    /** The id of a token, if the vocabulary has it. */
    public OptionalInt id(String token) {
        Integer id = ids.get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /** All tokens, by id. */
    public List<String> tokens() {
        return Collections.unmodifiableList(tokens);
    }

    public int padId() {
        return padId;
    }

    public int unkId() {
        return unkId;
    }

    public int clsId() {
        return clsId;
    }

    public int sepId() {
        return sepId;
    }

    public int maskId() {
        return maskId;
    }

    /** Whether an id is one of the five special tokens. */
    public boolean isSpecial(int id) {
        return id == padId || id == unkId || id == clsId || id == sepId || id == maskId;
    }
}
