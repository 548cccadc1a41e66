package dev.albert4j.task;

import java.util.List;

/**
 * A text whose masks were filled in. Immutable.
 *
 * @param text the text with its masks
 * @param filled the text with the most probable piece in place of each mask
 * @param fills what each mask may stand for, in the text's order
 */
public record FilledText(String text, String filled, List<Fill> fills) {
    public FilledText {
        fills = List.copyOf(fills);
    }

    /**
     * A mask.
     *
     * @param begin where it begins in the text, in UTF-16 units
     * @param end where it ends, exclusive
     * @param candidates the most probable pieces, best first
     */
    public record Fill(int begin, int end, List<Candidate> candidates) {
        public Fill {
            candidates = List.copyOf(candidates);
        }
    }

    /**
     * A piece that a mask may stand for.
     *
     * @param token as the vocabulary spells it: with ▁ where a word begins, or with ## where it goes on
     * @param score its probability
     */
    public record Candidate(String token, double score) {}
}
