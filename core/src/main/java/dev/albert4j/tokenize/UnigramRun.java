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
    private final String text;
    private final int textEnd;
    private final NormalizedText codes;
    private final Viterbi viterbi;
    private final PieceList out;
    private final int first;

    private int numWaiting; // pieces at the end of the list that wait for the place of the next character
    private boolean afterUnknown; // the last piece is a run of unknown characters, which may go on

    UnigramRun(UnigramNormalizer normalizer, String text, int begin, int end, PieceList out) {
        this.pieces = normalizer.pieces;
        this.text = text;
        this.textEnd = end;
        int capacity = Math.min(end - begin + 2, STRETCH) + pieces.longest;
        this.codes = new NormalizedText(normalizer, text, begin, end, capacity);
        this.viterbi = new Viterbi(pieces, capacity);
        this.out = out;
        this.first = out.size;
    }

    void run(int maxPieces) {
        boolean complete;
        do {
            codes.fill();
            complete = codes.isComplete();
            int length = codes.length();
            int cut = viterbi.search(codes.codes, length, complete);
            if (cut == 0 && !complete) {
                codes.grow();
                continue;
            }
            viterbi.trace(cut);
            for (int k = 0; k < viterbi.numPieces(); k++) {
                add(viterbi.id(k), viterbi.begin(k), viterbi.end(k));
            }
            codes.discard(cut);
        } while (!complete && (out.size - first <= maxPieces || numWaiting > 0));
        settle(textEnd, textEnd);
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
