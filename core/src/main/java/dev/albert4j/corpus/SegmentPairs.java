package dev.albert4j.corpus;

import dev.albert4j.corpus.SegmentRules.Order;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.LongPredicate;

/** Makes pairs of segments of a plan's pieces ({@code create_instances_from_document}). Immutable and thread-safe. */
final class SegmentPairs {
    private static final int MAX_TRIES = 10; // to find another document

    private final TokenCorpus corpus;
    private final SegmentRules rules;
    private final LongPredicate documents;
    private final int clsId;
    private final int sepId;

    /**
     * Two segments.
     *
     * @param ids with special tokens, [T]
     * @param typeIds 0 for the first segment, 1 for the second, [T]
     * @param label 1 if the second does not follow the first
     */
    record Pair(int[] ids, int[] typeIds, int label) {}

    /** @param documents those that a sentence without a follower may be paired with */
    SegmentPairs(TokenCorpus corpus, SegmentRules rules, LongPredicate documents, int clsId, int sepId) {
        this.corpus = corpus;
        this.rules = rules;
        this.documents = documents;
        this.clsId = clsId;
        this.sepId = sepId;
    }

    /** Neighbouring sentences, of which some tokens at the ends are cut off. */
    private static final class Segment {
        final long first;
        final int count;
        final long length;
        long begin;
        long end;

        Segment(TokenCorpus corpus, long first, int count) {
            this.first = first;
            this.count = count;
            long tokens = 0;
            for (long sentence = first; sentence < first + count; sentence++) {
                tokens += corpus.sentenceLength(sentence);
            }
            this.length = tokens;
            this.end = tokens;
        }

        int size() {
            return (int) Math.min(Integer.MAX_VALUE, end - begin);
        }
    }

    /**
     * The pair of a piece.
     *
     * @param first its first sentence
     * @param count of its sentences
     * @param epochSeed the one the plan was made with
     * @param random draws where to part the piece, whether to swap, and what to cut off
     */
    Pair of(long first, int count, long epochSeed, SplittableRandom random) {
        int numOfA = count == 1 ? 1 : random.nextInt(1, count);
        Segment a = new Segment(corpus, first, numOfA);
        if (count == 1) {
            if (rules.order() == Order.NONE) {
                return alone(a, random);
            }
            return pair(a, other(first, epochSeed, a.length, random), 1, random);
        }
        Segment b = new Segment(corpus, first + numOfA, count - numOfA);
        boolean swaps = rules.order() == Order.SOP && random.nextDouble() < 0.5;
        return swaps ? pair(b, a, 1, random) : pair(a, b, 0, random);
    }

    /** Sentences of another document, from a random one on, up to the length that is wanted. */
    private Segment other(long sentence, long epochSeed, long lengthOfA, SplittableRandom random) {
        long own = corpus.documentOf(sentence);
        long document = own;
        for (int i = 0; i < MAX_TRIES && document == own; i++) {
            do {
                document = random.nextLong(corpus.numDocuments());
            } while (!documents.test(document)); // its own passes
        }
        long begin = corpus.firstSentence(document);
        long end = corpus.firstSentence(document + 1);
        long first = random.nextLong(begin, end);
        long wanted = SegmentPlan.targetLength(rules, epochSeed, own) - lengthOfA;
        long length = corpus.sentenceLength(first);
        int count = 1;
        while (first + count < end && length < wanted) {
            length += corpus.sentenceLength(first + count++);
        }
        return new Segment(corpus, first, count);
    }

    private Pair alone(Segment a, SplittableRandom random) {
        while (a.size() > rules.maxLength() - 2) {
            cut(a, random);
        }
        int[] ids = new int[a.size() + 2];
        ids[0] = clsId;
        ids[copy(a, ids, 1)] = sepId;
        return new Pair(ids, new int[ids.length], 0);
    }

    private Pair pair(Segment a, Segment b, int label, SplittableRandom random) {
        while ((long) a.size() + b.size() > rules.room()) {
            cut(a.size() > b.size() ? a : b, random);
        }
        int[] ids = new int[a.size() + b.size() + SegmentRules.NUM_SPECIAL];
        int[] typeIds = new int[ids.length];
        ids[0] = clsId;
        int middle = copy(a, ids, 1);
        ids[middle] = sepId;
        ids[copy(b, ids, middle + 1)] = sepId;
        Arrays.fill(typeIds, middle + 1, ids.length, 1);
        return new Pair(ids, typeIds, label);
    }

    /** As often from the front as from the back. */
    private static void cut(Segment segment, SplittableRandom random) {
        if (random.nextDouble() < 0.5) {
            segment.begin++;
        } else {
            segment.end--;
        }
    }

    /** Puts a segment's ids into an array; gives the place behind them. */
    private int copy(Segment segment, int[] ids, int at) {
        int place = at;
        long begin = 0; // of a sentence in the segment
        for (long sentence = segment.first; sentence < segment.first + segment.count; sentence++) {
            long end = begin + corpus.sentenceLength(sentence);
            long from = Math.max(begin, segment.begin);
            int length = (int) Math.max(0, Math.min(end, segment.end) - from);
            if (length > 0) {
                corpus.copy(sentence, (int) (from - begin), length, ids, place);
                place += length;
            }
            begin = end;
        }
        return place;
    }
}
