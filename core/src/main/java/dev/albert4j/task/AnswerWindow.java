package dev.albert4j.task;

import dev.albert4j.tokenize.Encoding;

/**
 * A question and as much of its context as the model reads at once: {@code [CLS] question [SEP] part [SEP]}. Immutable.
 *
 * @param encoding ids [T], type ids [T], and offsets into question and context
 * @param contextBegin the first token of the context
 * @param contextEnd the token after its last one
 */
public record AnswerWindow(Encoding encoding, int contextBegin, int contextEnd) {
    /**
     * The tokens of an answer: what the model is to learn.
     *
     * @param first position of the first token
     * @param last position of the last token
     */
    public record Tokens(int first, int last) {
        /** [CLS]: the answer is not here. */
        public static final Tokens NONE = new Tokens(0, 0);
    }

    static AnswerWindow of(Encoding encoding) {
        int begin = 0;
        while (begin < encoding.length() && (encoding.typeId(begin) == 0 || encoding.isSpecial(begin))) {
            begin++;
        }
        int end = begin;
        while (end < encoding.length() && !encoding.isSpecial(end)) {
            end++;
        }
        return new AnswerWindow(encoding, begin, end);
    }

    /**
     * The tokens of a part of the context, as Hugging Face's {@code run_qa.py} finds them ({@code prepare_train_features}): {@link
     * Tokens#NONE} unless the part is whole in this window.
     *
     * @param begin where the part begins in the context, in UTF-16 units
     * @param end where it ends, exclusive
     * @throws IllegalArgumentException if the part is empty
     */
    public Tokens tokens(int begin, int end) {
        if (begin < 0 || end <= begin) {
            throw new IllegalArgumentException("an answer from " + begin + " to " + end + " is empty");
        }
        if (contextBegin == contextEnd || encoding.begin(contextBegin) > begin || encoding.end(contextEnd - 1) < end) {
            return Tokens.NONE;
        }
        int first = contextBegin;
        while (first + 1 < contextEnd && encoding.begin(first + 1) <= begin) {
            first++;
        }
        int last = contextEnd - 1;
        while (last > contextBegin && encoding.end(last - 1) >= end) {
            last--;
        }
        // Several tokens can come from one character: the first of them may then be found last, and the last one first.
        return new Tokens(Math.min(first, last), Math.max(first, last));
    }
}
