package dev.albert4j.data;

import java.util.List;

/**
 * A query and texts, of which it is known how well they fit it. Immutable.
 *
 * @param query what is looked for
 * @param texts the candidates, two at least
 * @param labels how well each fits: 0 for not at all, 1 or a grade for the others
 * @param line where it stands in its file, from 1
 */
public record RankedQuery(String query, List<String> texts, List<Double> labels, long line) {
    /** @throws IllegalArgumentException if a text is empty, labels are missing or below 0, or none is above 0 */
    public RankedQuery {
        texts = List.copyOf(texts);
        labels = List.copyOf(labels);
        if (query.isBlank()) {
            throw new IllegalArgumentException("the query is empty");
        }
        if (texts.size() < 2) {
            throw new IllegalArgumentException(texts.size() + " texts to rank, at least 2 are needed");
        }
        if (labels.size() != texts.size()) {
            throw new IllegalArgumentException(labels.size() + " labels for " + texts.size() + " texts");
        }
        for (int i = 0; i < texts.size(); i++) {
            if (texts.get(i).isBlank()) {
                throw new IllegalArgumentException("text " + i + " is empty");
            }
            if (!(labels.get(i) >= 0 && labels.get(i) < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "label " + i + " is " + labels.get(i) + "; a label is 0 or more, the more the better");
            }
        }
        if (labels.stream().noneMatch(label -> label > 0)) {
            throw new IllegalArgumentException("no label is above 0: there is nothing to find");
        }
    }
}
