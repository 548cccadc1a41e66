package dev.albert4j.task;

import dev.albert4j.tokenize.Vocabulary;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Hides words of a text for a model to guess: n-grams of whole words, n up to 3 with a probability proportional to 1/n, until a share
 * of the pieces is chosen. Of the chosen pieces 80 % become the mask token, 10 % a random piece, and 10 % stay. Special tokens,
 * unknown ones among them, are neither chosen nor put in. Immutable and thread-safe.
 *
 * <p>A word begins where google-research's generator says: in a SentencePiece vocabulary with a piece that has a ▁, is one
 * punctuation mark, or holds anything but English letters and ASCII punctuation; in a WordPiece vocabulary with a piece without ##
 * (each Chinese character is one). A special token ends a word; an n-gram may reach across it.
 *
 * <p>Source: google-research/albert {@code create_pretraining_data.py}, {@code create_masked_lm_predictions}. As there, a text can end
 * up with no prediction at all: if every word has more pieces than are to be chosen.
 */
public final class Masking {
    /** The share of pieces that is chosen in all published models. */
    public static final double DEFAULT_PROBABILITY = 0.15;

    /** The longest n-gram of the published models. */
    public static final int DEFAULT_MAX_NGRAM = 3;

    private static final String PUNCTUATION = "!\"#$%&()*+,-./:;?@[\\]^_`{|}~";

    private enum Kind {
        BEGINS_WORD,
        CONTINUES_WORD,
        SPECIAL
    }

    private final Kind[] kinds; // by id, [V]
    private final int[] ordinary; // ids of the pieces that are not special
    private final int maskId;
    private final int maxNgram;
    private final double probability;
    private final int maxPredictions;

    /**
     * A text with hidden pieces.
     *
     * @param ids the text as the model is to see it, [T]
     * @param positions the chosen pieces' places in it, ascending, [P]
     * @param targets the ids that stood there, [P]
     */
    public record Masked(int[] ids, int[] positions, int[] targets) {}

    /**
     * @param vocabulary the tokenizer's
     * @param maxNgram most words that are hidden together; 1 hides single words
     * @param probability share of a text's tokens, special ones included, that is chosen, in (0, 1]
     * @param maxPredictions most pieces chosen of one text
     */
    public Masking(Vocabulary vocabulary, int maxNgram, double probability, int maxPredictions) {
        if (maxNgram < 1 || maxPredictions < 1 || !(probability > 0 && probability <= 1)) {
            throw new IllegalArgumentException(
                    "maxNgram and maxPredictions must be positive and the probability in (0, 1], but they" + " are "
                            + maxNgram + ", " + maxPredictions + " and " + probability);
        }
        this.maxNgram = maxNgram;
        this.probability = probability;
        this.maxPredictions = maxPredictions;
        this.maskId = vocabulary.maskId();
        boolean sentencePiece = count(vocabulary, "▁") > count(vocabulary, "##");
        this.kinds = new Kind[vocabulary.size()];
        for (int id = 0; id < kinds.length; id++) {
            boolean begins = sentencePiece
                    ? beginsWord(vocabulary.token(id))
                    : !vocabulary.token(id).startsWith("##");
            kinds[id] = vocabulary.isSpecial(id) ? Kind.SPECIAL : begins ? Kind.BEGINS_WORD : Kind.CONTINUES_WORD;
        }
        this.ordinary = IntStream.range(0, kinds.length)
                .filter(id -> kinds[id] != Kind.SPECIAL)
                .toArray();
        if (ordinary.length == 0) {
            throw new IllegalArgumentException("the vocabulary has nothing but special tokens");
        }
    }

    /** As the published models were trained, without a limit to the number of predictions: {@link #DEFAULT_MAX_NGRAM} and so on. */
    public static Masking published(Vocabulary vocabulary) {
        return new Masking(vocabulary, DEFAULT_MAX_NGRAM, DEFAULT_PROBABILITY, Integer.MAX_VALUE);
    }

    private static long count(Vocabulary vocabulary, String prefix) {
        return vocabulary.tokens().stream()
                .filter(token -> token.startsWith(prefix))
                .count();
    }

    /** As {@code _is_start_piece_sp}. */
    private static boolean beginsWord(String piece) {
        return piece.startsWith("▁")
                || piece.startsWith("<")
                || piece.length() == 1 && PUNCTUATION.contains(piece)
                || !piece.chars().allMatch(Masking::isEnglish);
    }

    private static boolean isEnglish(int unit) {
        return unit >= 'a' && unit <= 'z' || unit >= 'A' && unit <= 'Z' || PUNCTUATION.indexOf(unit) >= 0;
    }

    /** How many pieces of a text of so many tokens, special ones included, are to be chosen. */
    public int numPredictions(int length) {
        return Math.min(maxPredictions, Math.max(1, (int) Math.rint(length * probability)));
    }

    /**
     * Hides pieces of a text: a pure function of the two.
     *
     * @param ids the text with its special tokens, [T]; stays as it is
     * @param seed neighbouring seeds give unrelated choices
     */
    public Masked apply(int[] ids, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        boolean[] chosen = choose(WordPlaces.of(ids, kinds), numPredictions(ids.length), random);
        int[] seen = ids.clone();
        int[] positions = new int[numPredictions(ids.length)];
        int[] targets = new int[positions.length];
        int count = 0;
        for (int i = 0; i < ids.length; i++) {
            if (chosen[i]) {
                positions[count] = i;
                targets[count++] = ids[i];
                seen[i] = replacement(ids[i], random);
            }
        }
        return new Masked(seen, Arrays.copyOf(positions, count), Arrays.copyOf(targets, count));
    }

    /** Takes words in random order, and with each the words after it, as long as they fit and are free. */
    private boolean[] choose(WordPlaces words, int wanted, SplittableRandom random) {
        boolean[] chosen = new boolean[words.length];
        int[] order = new int[words.count];
        Arrays.setAll(order, word -> word);
        int count = 0;
        for (int i = 0; i < order.length && count < wanted; i++) {
            int j = i + random.nextInt(order.length - i);
            int first = order[j];
            order[j] = order[i];
            int end = Math.min(first + ngram(random), words.count);
            while (end > first && count + words.pieces(first, end) > wanted) {
                end--;
            }
            if (end > first && !words.overlaps(first, end, chosen)) {
                for (int word = first; word < end; word++) {
                    Arrays.fill(chosen, words.begins[word], words.ends[word], true);
                }
                count += words.pieces(first, end);
            }
        }
        return chosen;
    }

    /** Draws n, with a probability proportional to 1/n. */
    private int ngram(SplittableRandom random) {
        double sum = 0;
        for (int n = 1; n <= maxNgram; n++) {
            sum += 1.0 / n;
        }
        double point = random.nextDouble() * sum;
        int n = 1;
        while (n < maxNgram && point >= 1.0 / n) {
            point -= 1.0 / n++;
        }
        return n;
    }

    private int replacement(int id, SplittableRandom random) {
        double point = random.nextDouble();
        if (point < 0.8) {
            return maskId;
        }
        return point < 0.9 ? id : ordinary[random.nextInt(ordinary.length)];
    }

    /** The words of a text: where each begins and ends. */
    private static final class WordPlaces {
        final int length;
        final int[] begins;
        final int[] ends;
        int count;

        private WordPlaces(int length) {
            this.length = length;
            this.begins = new int[length];
            this.ends = new int[length];
        }

        static WordPlaces of(int[] ids, Kind[] kinds) {
            WordPlaces words = new WordPlaces(ids.length);
            boolean inWord = false;
            for (int i = 0; i < ids.length; i++) {
                Kind kind = kinds[ids[i]];
                if (kind != Kind.SPECIAL) {
                    if (!inWord || kind == Kind.BEGINS_WORD) {
                        words.begins[words.count++] = i;
                    }
                    words.ends[words.count - 1] = i + 1;
                }
                inWord = kind != Kind.SPECIAL;
            }
            return words;
        }

        int pieces(int first, int end) {
            int pieces = 0;
            for (int word = first; word < end; word++) {
                pieces += ends[word] - begins[word];
            }
            return pieces;
        }

        /** Words are chosen whole, so that their first pieces tell. */
        boolean overlaps(int first, int end, boolean[] chosen) {
            for (int word = first; word < end; word++) {
                if (chosen[begins[word]]) {
                    return true;
                }
            }
            return false;
        }
    }
}
