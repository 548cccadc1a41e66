package dev.albert4j.tokenize;

import java.text.Normalizer;

/**
 * Classes of code points as Python's {@code str} and {@code unicodedata} know them: google-research's preprocessing is
 * written in their terms, and Java's methods of similar names differ in a few code points.
 */
final class CharacterClasses {
    /** Digits that are not decimal ones (Numeric_Type=Digit), as pairs of first and last: superscripts, circled ones, … */
    private static final int[] OTHER_DIGITS = {
        0xB2, 0xB3, 0xB9, 0xB9, 0x1369, 0x1371, 0x19DA, 0x19DA, 0x2070, 0x2070, 0x2074, 0x2079, 0x2080, 0x2089, 0x2460,
        0x2468, 0x2474, 0x247C, 0x2488, 0x2490, 0x24EA, 0x24EA, 0x24F5, 0x24FD, 0x24FF, 0x24FF, 0x2776, 0x277E, 0x2780,
        0x2788, 0x278A, 0x2792, 0x10A40, 0x10A43, 0x10E60, 0x10E68, 0x11052, 0x1105A, 0x1F100, 0x1F10A
    };

    /** A mark of combining class 1 and one of class 240: near both, any mark of a class above 0 changes places. */
    private static final String LOWEST_CLASS = "\u0334";

    private static final String HIGHEST_CLASS = "\u0345";

    /** Word_Break MidLetter, MidNumLet and Single_Quote. */
    private static final String INNER_PUNCTUATION =
            "'.:\u00B7\u0387\u055F\u05F4\u2018\u2019\u2024\u2027\uFE13\uFE52\uFE55\uFF07\uFF0E\uFF1A";

    private CharacterClasses() {}

    /** {@code str.isspace}. */
    static boolean isSpace(int codePoint) {
        if (codePoint < 0x80) {
            return codePoint == ' ' || codePoint >= 0x09 && codePoint <= 0x0D || codePoint >= 0x1C && codePoint <= 0x1F;
        }
        return codePoint == 0x85 || Character.isSpaceChar(codePoint);
    }

    /** {@code str.isdigit}. */
    static boolean isDigit(int codePoint) {
        if (Character.isDigit(codePoint)) {
            return true;
        }
        for (int k = 0; k < OTHER_DIGITS.length; k += 2) {
            if (codePoint >= OTHER_DIGITS[k] && codePoint <= OTHER_DIGITS[k + 1]) {
                return true;
            }
        }
        return false;
    }

    /**
     * {@code unicodedata.combining(c) != 0}, for a code point that has no decomposition of its own. Java publishes no
     * combining classes, but its normalizer sorts by them: what changes places with a neighbour has one.
     */
    static boolean isCombining(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK -> {
                String mark = Character.toString(codePoint);
                yield mark.equals(HIGHEST_CLASS)
                        || !isNormalized(HIGHEST_CLASS + mark) // classes 1 to 239
                        || !isNormalized(mark + LOWEST_CLASS); // classes 2 and up
            }
            default -> false;
        };
    }

    private static boolean isNormalized(String marks) {
        return Normalizer.isNormalized(marks, Normalizer.Form.NFD);
    }

    /** The property Cased, which the final sigma depends on. */
    static boolean isCased(int codePoint) {
        return Character.isLowerCase(codePoint) || Character.isUpperCase(codePoint) || Character.isTitleCase(codePoint);
    }

    /** The property Case_Ignorable, which the final sigma depends on. */
    static boolean isCaseIgnorable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK,
                    Character.FORMAT,
                    Character.MODIFIER_LETTER,
                    Character.MODIFIER_SYMBOL -> true;
            default -> INNER_PUNCTUATION.indexOf(codePoint) >= 0;
        };
    }
}
