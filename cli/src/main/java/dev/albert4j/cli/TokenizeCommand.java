package dev.albert4j.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.albert4j.tokenize.Encoding;
import dev.albert4j.tokenize.EncodingOptions;
import dev.albert4j.tokenize.Tokenizer;
import dev.albert4j.tokenize.Truncation;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code albert tokenize}. */
@Command(
        name = "tokenize",
        mixinStandardHelpOptions = true,
        description = {
            "Cuts texts into tokens.",
            "Reads standard input: a text a line, or JSON lines {\"text\",\"pair\"}; writes JSON lines",
            "{\"ids\",\"type_ids\",\"offsets\",\"tokens\"}. Offsets are UTF-16 units, half-open."
        })
final class TokenizeCommand implements Callable<Integer> {
    @Parameters(paramLabel = "MODEL", description = "model directory, shipped model, or tokenizer file")
    private String model = "";

    @Option(names = "--max-length", paramLabel = "N", description = "cut to N tokens, special tokens included")
    private @Nullable Integer maxLength;

    @Option(
            names = "--truncation",
            paramLabel = "WHICH",
            converter = TruncationConverter.class,
            description = "which text of a pair is cut: longest-first (default), only-first, only-second")
    private Truncation truncation = Truncation.LONGEST_FIRST;

    @Option(names = "--no-special", description = "leave [CLS] and [SEP] out")
    private boolean noSpecial;

    @Option(
            names = "--recognize-special",
            description = "read [MASK], [SEP] … in the text as those tokens; by default they are plain text")
    private boolean recognizeSpecial;

    @Option(
            names = "--stride",
            paramLabel = "N",
            description = "windows of --max-length tokens that share N tokens: {\"windows\":[…]}")
    private @Nullable Integer stride;

    @Option(
            names = "--whole-text",
            description = "windows to the end of the text; by default they end where Hugging Face's do (tokenizers 0.23"
                    + " reads on only to the end of the word in which --max-length is reached)")
    private boolean wholeText;

    /** Reads {@code longest-first} and the like. */
    static final class TruncationConverter implements ITypeConverter<Truncation> {
        @Override
        public Truncation convert(String value) {
            for (Truncation truncation : Truncation.values()) {
                if (truncation.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(value)) {
                    return truncation;
                }
            }
            throw new picocli.CommandLine.TypeConversionException(
                    "\"" + value + "\" is none of longest-first, only-first, only-second");
        }
    }

    @Override
    public Integer call() throws IOException {
        if (stride != null && maxLength == null) {
            throw new IllegalArgumentException("--stride needs --max-length, the length of a window");
        }
        EncodingOptions options = new EncodingOptions(
                maxLength == null ? Integer.MAX_VALUE : maxLength, truncation, !noSpecial, recognizeSpecial);
        Tokenizer tokenizer = Tokenizer.load(Models.resolve(model));
        JsonLines out = new JsonLines(System.out);
        try (TextLines lines = TextLines.standardInput()) {
            for (TextLines.Line line = lines.next(); line != null; line = lines.next()) {
                if (stride == null) {
                    Encoding encoding = tokenizer.encode(line.text(), line.pair(), options);
                    write(out.begin(), tokenizer, encoding);
                } else {
                    List<Encoding> windows = wholeText
                            ? tokenizer.windows(line.text(), line.pair(), options, stride)
                            : tokenizer.huggingFaceWindows(line.text(), line.pair(), options, stride);
                    writeWindows(out.begin(), tokenizer, windows);
                }
                out.end();
                if (!lines.isReady()) {
                    out.flush(); // who writes a line and waits gets an answer
                }
            }
        } finally {
            out.flush();
        }
        return 0;
    }

    private static void writeWindows(JsonGenerator out, Tokenizer tokenizer, List<Encoding> windows)
            throws IOException {
        out.writeArrayFieldStart("windows");
        for (Encoding window : windows) {
            out.writeStartObject();
            write(out, tokenizer, window);
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static void write(JsonGenerator out, Tokenizer tokenizer, Encoding encoding) throws IOException {
        out.writeFieldName("ids");
        int[] ids = encoding.ids();
        out.writeArray(ids, 0, ids.length);
        out.writeFieldName("type_ids");
        out.writeArray(encoding.typeIds(), 0, ids.length);
        out.writeArrayFieldStart("offsets");
        for (int token = 0; token < ids.length; token++) {
            out.writeArray(new int[] {encoding.begin(token), encoding.end(token)}, 0, 2);
        }
        out.writeEndArray();
        out.writeArrayFieldStart("tokens");
        for (int id : ids) {
            out.writeString(tokenizer.vocabulary().token(id));
        }
        out.writeEndArray();
    }
}
