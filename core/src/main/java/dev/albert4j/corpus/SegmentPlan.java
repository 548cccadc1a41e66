package dev.albert4j.corpus;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.LongPredicate;

/**
 * Where the examples of one epoch begin: each document's sentences in pieces that reach the length wished for, the last of a
 * document as long as it is. Immutable and thread-safe.
 *
 * <p>Found in one pass over the lengths of the sentences (not their ids), 6 bytes an example: so that any example of the epoch can
 * be made at once, without those before it, and as google-research's generator would cut it. (A rule that computes an example's place
 * from its number alone would have to ignore where documents and sentences end.)
 */
final class SegmentPlan {
    private int[] firsts = new int[1024]; // sentences
    private short[] counts = new short[1024]; // of sentences, of which each has a token: at most maxLength
    private int size;

    private SegmentPlan() {}

    /**
     * The plan of an epoch.
     *
     * @param seed of the epoch
     * @param documents which ones take part
     * @throws IllegalArgumentException if there are more than 2³¹ − 1 sentences
     */
    static SegmentPlan of(TokenCorpus corpus, SegmentRules rules, long seed, LongPredicate documents) {
        if (corpus.numSentences() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("the corpus has " + corpus.numSentences() + " sentences; at most "
                    + Integer.MAX_VALUE + " are allowed");
        }
        SegmentPlan plan = new SegmentPlan();
        for (long document = 0; document < corpus.numDocuments(); document++) {
            if (documents.test(document)) {
                plan.add(
                        corpus,
                        corpus.firstSentence(document),
                        corpus.firstSentence(document + 1),
                        targetLength(rules, seed, document));
            }
        }
        plan.firsts = Arrays.copyOf(plan.firsts, plan.size);
        plan.counts = Arrays.copyOf(plan.counts, plan.size);
        return plan;
    }

    /** The length that pieces of a document are to reach. */
    static int targetLength(SegmentRules rules, long seed, long document) {
        SplittableRandom random = new SplittableRandom(Seeds.mix(seed, document));
        return random.nextDouble() < rules.shortProbability() ? random.nextInt(2, rules.room() + 1) : rules.room();
    }

    private void add(TokenCorpus corpus, long begin, long end, int targetLength) {
        long first = begin;
        long length = 0;
        for (long sentence = begin; sentence < end; sentence++) {
            length += corpus.sentenceLength(sentence);
            if (length >= targetLength || sentence == end - 1) {
                if (size == firsts.length) {
                    firsts = Arrays.copyOf(firsts, Math.addExact(size, size / 2));
                    counts = Arrays.copyOf(counts, firsts.length);
                }
                firsts[size] = (int) first;
                counts[size++] = (short) (sentence + 1 - first);
                first = sentence + 1;
                length = 0;
            }
        }
    }

    /** Number of examples. */
    int size() {
        return size;
    }

    /** The first sentence of an example. */
    long first(int example) {
        return firsts[example];
    }

    /** Number of sentences of an example. */
    int count(int example) {
        return counts[example] & 0xFFFF;
    }
}
