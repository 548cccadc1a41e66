package dev.albert4j.tokenize;

/**
 * One text on its way to pieces: normalised a stretch at a time, searched, and handed out with offsets. Stretches end where
 * every path must pass, and the score goes on from one to the next, so the pieces are those of a search of the whole text, and
 * memory does not grow with it. Not thread-safe.
 *
 * <p>Offsets are those of the reference cases: from the first to the last character that is not blank; a piece that covers none
 * (a lone mark) has the place of the first character after it.
 */
final class UnigramRun {
    /** Codes in a stretch: what the search touches stays in the fastest cache. */
    private static final int STRETCH = 1024;

    private final UnigramPieces pieces;
    private final NormalizedText codes;
    private final Viterbi viterbi;
    private final WordCache cache;

    private String text = "";
    private int textEnd;
    private PieceList out = new PieceList();
    private float score; // of the path so far
    private int numWaiting; // pieces at the end of the list that wait for the place of the next character
    private boolean afterUnknown; // the last piece is a run of unknown characters, which may go on

    UnigramRun(UnigramNormalizer normalizer) {
        pieces = normalizer.pieces;
        codes = new NormalizedText(normalizer, STRETCH + pieces.longest);
        viterbi = new Viterbi(pieces, STRETCH + pieces.longest);
        cache = new WordCache(pieces);
    }

    /** Whether no text so far needed more than the usual memory. */
    boolean isSmall() {
        return codes.capacity() == STRETCH + pieces.longest;
    }

    /** Appends the pieces of {@code text[begin, end)}, or enough of them for the first {@code maxPieces} to be sure. */
    void segment(String text, int begin, int end, int maxPieces, PieceList out) {
        this.text = text;
        this.textEnd = end;
        this.out = out;
        score = 0;
        numWaiting = 0;
        afterUnknown = false;
        codes.start(text, begin, end);
        int enough = out.size + Math.min(maxPieces, Integer.MAX_VALUE - out.size - 1);
        boolean more;
        do {
            codes.fill();
            boolean complete = codes.isComplete();
            int done = cutWords(complete, enough);
            if (done == 0 && !complete) {
                done = cutPart();
            }
            more = !complete && !isEnough(enough);
            codes.discard(done);
        } while (more);
        settle(textEnd, textEnd);
    }

    /** The last piece may still change when it waits for a place, or is a run of unknown characters. */
    private boolean isEnough(int enough) {
        return out.size > enough && numWaiting == 0;
    }

    /** Cuts all words that are there to their end, and returns how many codes they have. */
    private int cutWords(boolean complete, int enough) {
        int length = codes.length();
        int begin = 0;
        while (begin < length && !isEnough(enough)) {
            int end = codes.endOfWord(begin, length);
            if (end == length && !complete) {
                break; // the word may go on
            }
            if (end == begin + 1) {
                int id = pieces.single(codes.codes[begin]);
                score += pieces.score(id);
                add(id, begin, end);
            } else if (end - begin <= WordCache.MAX_LENGTH) {
                cutWord(begin, end);
            } else {
                search(begin, end, true);
            }
            begin = end;
        }
        return begin;
    }

    private void cutWord(int begin, int end) {
        long low = codes.classes(begin, Math.min(end, begin + Long.BYTES));
        long high = end - begin > Long.BYTES ? codes.classes(begin + Long.BYTES, end) : 0;
        int word = cache.find(low, high, score);
        if (word == WordCache.NOT_FOUND) {
            cache.miss(low, high, codes.codes, begin, end);
            search(begin, end, true);
            return;
        }
        int numPieces = cache.numPieces(word);
        boolean plain = cache.isPlain(word);
        int from = begin;
        for (int k = 0; k < numPieces; k++) {
            int id = cache.id(word, k);
            int to = begin + cache.end(word, k);
            score += pieces.score(id);
            if (plain) {
                addPlaced(id, from, to);
            } else {
                add(id, from, to);
            }
            from = to;
        }
        afterUnknown &= !plain;
    }

    /** Cuts the front of a word that fills the whole stretch, or makes room for more of it. */
    private int cutPart() {
        int done = search(0, codes.length(), false);
        if (done == 0) {
            codes.grow();
        }
        return done;
    }

    private int search(int begin, int end, boolean complete) {
        int cut = viterbi.search(codes.codes, begin, end, complete, score);
        score = viterbi.trace(cut);
        for (int k = 0; k < viterbi.numPieces(); k++) {
            add(viterbi.id(k), begin + viterbi.begin(k), begin + viterbi.end(k));
        }
        return cut;
    }

    private void add(int id, int begin, int end) {
        int[] recut = pieces.recut(id);
        if (id == pieces.unknownId) {
            addUnknown(begin, end);
        } else if (recut != null) {
            addRecut(recut, begin, end);
        } else {
            addPlaced(id, begin, end);
        }
        afterUnknown = id == pieces.unknownId;
    }

    /** Adds a piece with the place of its codes. */
    private void addPlaced(int id, int begin, int end) {
        int from = begin;
        while (from < end && codes.begins[from] < 0) {
            from++;
        }
        if (from == end) {
            out.add(id, textEnd, textEnd);
            numWaiting++;
            return;
        }
        int to = end - 1;
        while (codes.ends[to] < 0) {
            to--;
        }
        int place = codes.begins[from];
        if (numWaiting > 0) {
            settle(place, place + Character.charCount(text.codePointAt(place)));
        }
        out.add(id, place, codes.ends[to]);
    }

    /** Gives the waiting pieces their place. */
    private void settle(int begin, int end) {
        for (; numWaiting > 0; numWaiting--) {
            out.begins[out.size - numWaiting] = begin;
            out.ends[out.size - numWaiting] = end;
        }
    }

    /** Unknown characters in a row are one piece. */
    private void addUnknown(int begin, int end) {
        if (!afterUnknown) {
            addPlaced(pieces.unknownId, begin, end);
        } else if (codes.begins[begin] >= 0) {
            if (numWaiting > 0) { // the run began with characters that have no place
                out.size--;
                numWaiting--;
                addPlaced(pieces.unknownId, begin, end);
            } else {
                out.ends[out.size - 1] = codes.ends[end - 1];
            }
        }
    }

    private void addRecut(int[] recut, int begin, int end) {
        int from = begin;
        for (int k = 0; k < recut.length; k += 2) {
            int numCodes = recut[k + 1];
            while (numCodes > 0 && from < end && codes.begins[from] < 0) {
                from++;
            }
            int to = Math.min(from + numCodes, end);
            addPlaced(recut[k], from, to);
            from = to;
        }
    }
}
