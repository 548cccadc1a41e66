package dev.albert4j.tokenize;

import dev.albert4j.io.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Cuts text into the pieces of a SentencePiece unigram model, as google-research's ALBERT does: {@code preprocess_text} and
 * {@code encode_pieces} of its {@code tokenization.py}. Immutable and thread-safe.
 */
final class UnigramSegmenter implements Segmenter {
    private final SentencePieceModel model;
    private final TextRules rules;
    private final Vocabulary vocabulary;
    private final UnigramNormalizer normalizer;
    private final BlockingQueue<UnigramRun> idle =
            new ArrayBlockingQueue<>(2 * Runtime.getRuntime().availableProcessors());

    private UnigramSegmenter(SentencePieceModel model, TextRules rules) {
        this.model = model;
        this.rules = rules;
        this.vocabulary = new Vocabulary(
                model.pieces().stream().map(SentencePieceModel.Piece::text).toList(),
                "<pad>",
                model.pieces().get(model.unknownId()).text());
        this.normalizer = new UnigramNormalizer(new UnigramPieces(model), model.normalizer(), rules);
    }

    /**
     * Reads a {@code spiece.model} file, and how text is to be prepared from a {@code tokenizer_config.json} beside it, if any.
     *
     * @throws ModelFormatException if the file is damaged or no unigram model with ALBERT's special pieces
     */
    static UnigramSegmenter load(Path spieceModel) throws IOException {
        return load(spieceModel, TextRules.beside(spieceModel));
    }

    /** Reads a {@code spiece.model} file, for text prepared by these rules. */
    static UnigramSegmenter load(Path spieceModel, TextRules rules) throws IOException {
        return of(SentencePieceModel.read(spieceModel), rules, spieceModel);
    }

    /**
     * Reads Hugging Face's {@code tokenizer.json}, whose model must be of type Unigram.
     *
     * @throws ModelFormatException if the file is damaged, or asks for something that ALBERT's tokenizer does not do
     */
    static UnigramSegmenter loadTokenizerJson(Path tokenizerJson) throws IOException {
        TokenizerJson json = TokenizerJson.read(tokenizerJson);
        return of(json.model(), json.rules(), tokenizerJson);
    }

    private static UnigramSegmenter of(SentencePieceModel model, TextRules rules, Path file) throws IOException {
        try {
            return new UnigramSegmenter(model, rules);
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(file, String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public void segment(String text, int begin, int end, int maxPieces, PieceList out) {
        UnigramRun run = idle.poll();
        if (run == null) {
            run = new UnigramRun(normalizer);
        }
        run.segment(text, begin, end, maxPieces, out);
        if (run.isSmall()) {
            idle.offer(run); // no harm if there are enough
        }
    }

    @Override
    public boolean beginsWord(int id) {
        return vocabulary.token(id).startsWith("▁");
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public void save(Path directory) throws IOException {
        Files.createDirectories(directory);
        rules.save(directory, vocabulary);
        Path json = directory.resolve("tokenizer.json");
        if (TokenizerJsonWriter.canExpress(model)) {
            TokenizerJsonWriter.write(json, model, rules, vocabulary);
        } else {
            Files.deleteIfExists(json); // another model's
        }
        model.write(directory.resolve("spiece.model"));
    }
}
