package dev.albert4j.data;

import java.util.ArrayList;
import java.util.List;

/**
 * Tags of tokens as spans of tokens: BIO (IOB2), IOB1, BMES, BIOES and BILOU, told apart tag by tag, as {@code conlleval} and
 * seqeval's default mode read them. A tag that does not follow from the one before begins a span: I-x at the beginning, after O,
 * after E-y or S-y, or after a tag of another type.
 */
final class ChunkTags {
    static final String ALLOWED = "O and B-, I-, M-, E-, S-, L- or U- with a type, as B-PER";

    private ChunkTags() {}

    /** Whether a tag is one of those allowed. */
    static boolean isTag(String tag) {
        return tag.equals("O")
                || tag.length() > 2
                        && tag.charAt(1) == '-'
                        && "BIMESLU".indexOf(tag.charAt(0)) >= 0
                        && !tag.substring(2).isBlank();
    }

    /** The spans of a sentence: {@code begin} and {@code end} count tokens. All tags must be allowed ones. */
    static List<Span> spans(List<String> tags) {
        List<Span> spans = new ArrayList<>();
        int begin = -1; // of the open span
        String previous = "O";
        for (int token = 0; token < tags.size(); token++) {
            String tag = tags.get(token);
            boolean begins = begins(previous, tag);
            if (begin >= 0 && (begins || tag.equals("O"))) {
                spans.add(new Span(type(previous), begin, token));
                begin = -1;
            }
            begin = begins ? token : begin;
            previous = tag;
        }
        if (begin >= 0) {
            spans.add(new Span(type(previous), begin, tags.size()));
        }
        return spans;
    }

    private static boolean begins(String previous, String tag) {
        return switch (tag.charAt(0)) {
            case 'O' -> false;
            case 'B', 'S', 'U' -> true;
            default ->
                "OESLU".indexOf(previous.charAt(0)) >= 0 || !type(previous).equals(type(tag));
        };
    }

    private static String type(String tag) {
        return tag.substring(2);
    }
}
