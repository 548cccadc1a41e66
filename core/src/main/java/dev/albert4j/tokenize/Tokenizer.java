package dev.albert4j.tokenize;

import dev.albert4j.tokenize.PieceList.Slice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Turns text into an {@link Encoding}: {@code [CLS] text [SEP]} or {@code [CLS] text [SEP] pair [SEP]}. Immutable and
 * thread-safe. Takes time and memory linear in the length of the text; with a {@code maxLength}, a text is read only as far
 * as it is needed.
 */
public final class Tokenizer {
    /** Room made at once for the pieces of a text: seldom more than its characters, and no more than this. */
    private static final int EXPECTED_PIECES = 4096;

    private final Segmenter segmenter;
    private final SpecialTokens specialTokens;

    Tokenizer(Segmenter segmenter) {
        this.segmenter = segmenter;
        this.specialTokens = new SpecialTokens(segmenter.vocabulary());
    }

    /**
     * Reads a tokenizer.
     *
     * @param path a directory that holds {@code spiece.model}, {@code tokenizer.json} or {@code vocab.txt} (the first of
     *     them is read), or one such file; beside {@code vocab.txt}, a {@code tokenizer_config.json} is honoured
     * @throws IOException if there is no such file, or it cannot be read; its message is one line that names the file
     */
    public static Tokenizer load(Path path) throws IOException {
        return new Tokenizer(TokenizerFiles.read(path));
    }

    /**
     * BERT's uncased tokenizer with a WordPiece vocabulary, whose pieces begin with {@code ##} where they continue a word.
     *
     * @throws IllegalArgumentException if the vocabulary is too large
     */
    public static Tokenizer ofWordPieces(Vocabulary vocabulary) {
        return new Tokenizer(new WordPieceSegmenter(vocabulary, BertNormalization.UNCASED));
    }

    /** The pieces and special tokens. */
    public Vocabulary vocabulary() {
        return segmenter.vocabulary();
    }

    /** Whether a piece begins a word, as its spelling says: with a ▁, or without ##. */
    public boolean beginsWord(int id) {
        return segmenter.beginsWord(id);
    }

    /** The tokens of a text, with {@link EncodingOptions#DEFAULT}. */
    public Encoding encode(String text) {
        return encode(text, null, EncodingOptions.DEFAULT);
    }

    /**
     * The tokens of a text, or of a pair of texts.
     *
     * <p>{@link Truncation#LONGEST_FIRST} cuts a pair as Hugging Face does: where both texts have to be cut and the room is
     * odd, the odd token goes to the second text, unless the first is longer (google-research: always to the first).
     *
     * @throws IllegalArgumentException if {@code maxLength} leaves no room for the special tokens, or none for the text that
     *     is cut beside the one that is not
     */
    public Encoding encode(String text, @Nullable String pair, EncodingOptions options) {
        int room = room(pair, options);
        if (pair == null) {
            PieceList first = pieces(text, room, options);
            return assemble(first.slice(0, Math.min(first.size, room)), null, options);
        }
        return switch (options.truncation()) {
            case LONGEST_FIRST -> longestFirst(text, pair, room, options);
            case ONLY_FIRST -> {
                PieceList second = pieces(pair, room, options);
                PieceList first = pieces(text, room - Math.min(second.size, room), options);
                int length = lengthOfCut(first.size, second.size, room, options);
                yield assemble(first.slice(0, length), second.slice(0, second.size), options);
            }
            case ONLY_SECOND -> {
                PieceList first = pieces(text, room, options);
                PieceList second = pieces(pair, room - Math.min(first.size, room), options);
                int length = lengthOfCut(second.size, first.size, room, options);
                yield assemble(first.slice(0, first.size), second.slice(0, length), options);
            }
        };
    }

    /**
     * A text, or a pair, as windows of at most {@code options.maxLength()} tokens, special ones included; two neighbours
     * share {@code stride} tokens of the text that is cut. The last window is the first one that reaches its end. Of a pair,
     * the text that {@code options.truncation()} names is cut, and the other one is whole in every window.
     *
     * @throws IllegalArgumentException if {@code stride} is negative or not below the room for the text that is cut, or if
     *     the windows of a pair are asked for with {@link Truncation#LONGEST_FIRST}
     */
    public List<Encoding> windows(String text, @Nullable String pair, EncodingOptions options, int stride) {
        return windows(text, pair, options, stride, cut -> pieces(cut, Integer.MAX_VALUE, options));
    }

    /**
     * The windows Hugging Face makes (tokenizers 0.23.2), for comparisons only: like {@link #windows}, but what follows the
     * word in which the text that is cut reaches {@code options.maxLength()} tokens is in no window.
     *
     * @throws IllegalArgumentException as {@link #windows}
     */
    public List<Encoding> huggingFaceWindows(String text, @Nullable String pair, EncodingOptions options, int stride) {
        return windows(text, pair, options, stride, cut -> upToMaxLength(cut, options));
    }

    private List<Encoding> windows(
            String text,
            @Nullable String pair,
            EncodingOptions options,
            int stride,
            Function<String, PieceList> reader) {
        if (stride < 0) {
            throw new IllegalArgumentException("stride " + stride + " is negative");
        }
        int room = room(pair, options);
        if (pair == null) {
            return slide(reader.apply(text), room, stride, options, window -> assemble(window, null, options));
        }
        boolean cutsFirst = switch (options.truncation()) {
            case ONLY_FIRST -> true;
            case ONLY_SECOND -> false;
            case LONGEST_FIRST ->
                throw new IllegalArgumentException("windows of a pair cut one text: truncation LONGEST_FIRST is"
                        + " not allowed, ONLY_FIRST and ONLY_SECOND are");
        };
        PieceList other = pieces(cutsFirst ? pair : text, room, options);
        Slice whole = other.slice(0, other.size);
        return slide(
                reader.apply(cutsFirst ? text : pair),
                room - other.size,
                stride,
                options,
                window -> cutsFirst ? assemble(window, whole, options) : assemble(whole, window, options));
    }

    private static List<Encoding> slide(
            PieceList cut, int length, int stride, EncodingOptions options, Function<Slice, Encoding> assemble) {
        if (cut.size > length && stride >= length) {
            throw new IllegalArgumentException("stride " + stride + " is not below the " + Math.max(0, length)
                    + " tokens that maxLength " + options.maxLength() + " leaves for the text that is cut");
        }
        List<Encoding> windows = new ArrayList<>();
        int begin = 0;
        int end;
        do {
            end = (int) Math.min(cut.size, (long) begin + length);
            windows.add(assemble.apply(cut.slice(begin, end)));
            begin = end - stride;
        } while (end < cut.size);
        return List.copyOf(windows);
    }

    /**
     * Writes the tokenizer's files into a directory, from which {@link #load} reads it again and Hugging Face's AutoTokenizer
     * gets the same ids (but for the differences that {@code docs/fidelity.md} lists): {@code spiece.model} and
     * {@code tokenizer.json}, or {@code vocab.txt}; and {@code tokenizer_config.json}.
     */
    public void save(Path directory) throws IOException {
        segmenter.save(directory);
    }

    /** The most tokens the texts may have together. */
    private static int room(@Nullable String pair, EncodingOptions options) {
        int numSpecial = !options.addSpecialTokens() ? 0 : pair == null ? 2 : 3;
        if (options.maxLength() < numSpecial) {
            throw new IllegalArgumentException(
                    "maxLength " + options.maxLength() + " has no room for " + numSpecial + " special tokens");
        }
        return options.maxLength() - numSpecial;
    }

    /**
     * The first pieces of a text. If there are more than {@code room}, the list has at least one more than {@code room}, and
     * may lack the rest: what is too long stays recognisable, and is not read to its end.
     */
    private PieceList pieces(String text, int room, EncodingOptions options) {
        int maxPieces = room == Integer.MAX_VALUE ? room : room + 1;
        PieceList out = new PieceList(Math.min(Math.min(text.length(), maxPieces), EXPECTED_PIECES));
        if (options.recognizeSpecialTokens()) {
            specialTokens.segment(text, maxPieces, segmenter, out);
        } else {
            segmenter.segment(text, 0, text.length(), maxPieces, out);
        }
        return out;
    }

    private Encoding longestFirst(String text, String pair, int room, EncodingOptions options) {
        PieceList first = pieces(text, options.maxLength(), options);
        PieceList second = pieces(pair, options.maxLength(), options);
        int shorter = Math.min(first.size, second.size);
        int longer = (int) Math.min(Math.max(first.size, second.size), Math.max(shorter, (long) room - shorter));
        boolean firstIsLonger = first.size > second.size;
        if ((long) shorter + longer > room) {
            if (room % 2 != 0 && shorter >= options.maxLength()) {
                firstIsLonger = upToMaxLength(text, options).size > upToMaxLength(pair, options).size;
            }
            shorter = room / 2;
            longer = room - shorter;
        }
        return assemble(
                first.slice(0, firstIsLonger ? longer : shorter),
                second.slice(0, firstIsLonger ? shorter : longer),
                options);
    }

    /**
     * The pieces of a text up to the end of the word in which {@code maxLength} is reached: so far, and no further, does
     * Hugging Face read a text (tokenizers 0.23) before it compares two lengths or makes windows.
     */
    private PieceList upToMaxLength(String text, EncodingOptions options) {
        for (long room = options.maxLength() + 64L; ; room *= 2) {
            PieceList pieces = pieces(text, (int) Math.min(Integer.MAX_VALUE, room), options);
            for (int i = options.maxLength(); i < pieces.size; i++) {
                if (segmenter.beginsWord(pieces.ids[i])) {
                    pieces.size = i;
                    return pieces;
                }
            }
            if (pieces.size <= room) {
                return pieces;
            }
        }
    }

    /** How much is left of the one text that may be cut: at least one token, if it has to be cut. */
    private static int lengthOfCut(int size, int otherSize, int room, EncodingOptions options) {
        if ((long) size + otherSize <= room) {
            return size;
        }
        if (otherSize >= room) {
            throw new IllegalArgumentException(
                    "truncation " + options.truncation() + " cannot shorten the pair to maxLength "
                            + options.maxLength() + ": the other text leaves no room for the one that is cut");
        }
        return room - otherSize;
    }

    private Encoding assemble(Slice first, @Nullable Slice second, EncodingOptions options) {
        boolean special = options.addSpecialTokens();
        int numSpecial = !special ? 0 : second == null ? 2 : 3;
        EncodingBuilder builder =
                new EncodingBuilder(numSpecial + first.length() + (second == null ? 0 : second.length()));
        if (special) {
            builder.addSpecial(vocabulary().clsId(), 0);
        }
        builder.add(first, 0);
        if (special) {
            builder.addSpecial(vocabulary().sepId(), 0);
        }
        if (second != null) {
            builder.add(second, 1);
            if (special) {
                builder.addSpecial(vocabulary().sepId(), 1);
            }
        }
        return builder.build();
    }
}
