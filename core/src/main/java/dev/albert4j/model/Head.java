package dev.albert4j.model;

/** What stands on top of the encoder, named as Hugging Face's model classes. */
public enum Head {
    NONE("AlbertModel"),
    PRE_TRAINING("AlbertForPreTraining"),
    MASKED_LM("AlbertForMaskedLM"),
    SEQUENCE_CLASSIFICATION("AlbertForSequenceClassification"),
    TOKEN_CLASSIFICATION("AlbertForTokenClassification"),
    QUESTION_ANSWERING("AlbertForQuestionAnswering"),
    MULTIPLE_CHOICE("AlbertForMultipleChoice");

    private final String architecture;

    Head(String architecture) {
        this.architecture = architecture;
    }

    /** Hugging Face's class, as in {@code architectures} of config.json. */
    public String architecture() {
        return architecture;
    }
}
