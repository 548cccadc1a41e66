package dev.albert4j.train;

/** A part of a model that training leaves as it is. */
public enum FrozenPart {
    /** Everything is trained. */
    NONE,
    /** The word, position and type embeddings and their LayerNorm. */
    EMBEDDINGS,
    /** Everything but the head: embeddings, layers and pooler, Hugging Face's {@code base_model}. */
    ENCODER;

    private static final String BASE = "albert.";

    /** Whether a parameter of this name stays as it is. */
    boolean contains(String parameter) {
        return switch (this) {
            case NONE -> false;
            case EMBEDDINGS -> parameter.startsWith(BASE + "embeddings.");
            case ENCODER -> !isHead(parameter);
        };
    }

    /** Whether a parameter belongs to a task's head. */
    static boolean isHead(String parameter) {
        return !parameter.startsWith(BASE);
    }
}
