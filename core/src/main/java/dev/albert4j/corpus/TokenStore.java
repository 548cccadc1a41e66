package dev.albert4j.corpus;

import dev.albert4j.io.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * One corpus file as token ids, mapped into memory: sentences without special tokens, documents of sentences. Immutable and
 * thread-safe.
 *
 * <p>A directory of four files: {@code ids} (2 bytes each if the vocabulary has no more than 65,536 tokens, else 4); {@code
 * sentences}, where each begins among the ids, and the end of the last, 8 bytes each; {@code documents}, for each its first sentence
 * and a hash of its ids, 8 bytes each; {@code header.json}. Numbers are little-endian.
 */
final class TokenStore {
    static final String IDS = "ids";
    static final String SENTENCES = "sentences";
    static final String DOCUMENTS = "documents";
    static final Set<String> FILES = Set.of(IDS, SENTENCES, DOCUMENTS, StoreHeader.FILE);

    private final Path directory;
    private final StoreHeader header;
    private final MappedNumbers ids; // [N]
    private final MappedNumbers sentences; // [S + 1]
    private final MappedNumbers documents; // [2 D]

    private TokenStore(Path directory, StoreHeader header) throws IOException {
        this.directory = directory;
        this.header = header;
        this.ids = open(IDS, header.bytesPerId(), header.tokens());
        this.sentences = open(SENTENCES, 8, header.sentences() + 1);
        this.documents = open(DOCUMENTS, 8, 2 * header.documents());
    }

    /**
     * Opens a store and reads it through once, to find damage before training does.
     *
     * @param vocabSize ids must be below it
     * @throws ModelFormatException if a file is missing, cut off or damaged
     */
    static TokenStore open(Path directory, StoreHeader header, int vocabSize) throws IOException {
        TokenStore store = new TokenStore(directory, header);
        store.check(vocabSize);
        return store;
    }

    private MappedNumbers open(String name, int width, long size) throws IOException {
        Path file = directory.resolve(name);
        long found = Files.isRegularFile(file) ? Files.size(file) : -1;
        if (found != size * width) {
            throw damaged(
                    "its file " + name + " has " + (found < 0 ? "gone" : found + " bytes, expected " + size * width));
        }
        return MappedNumbers.open(file, width);
    }

    private void check(int vocabSize) throws ModelFormatException {
        checkSum(IDS, ids, header.idsCrc());
        checkSum(SENTENCES, sentences, header.sentencesCrc());
        checkSum(DOCUMENTS, documents, header.documentsCrc());
        // A checksum proves no good will: what is out of bounds here would be out of bounds in native memory.
        boolean good = sentences.get(0) == 0 && sentences.get(header.sentences()) == header.tokens();
        for (long i = 0; good && i < header.tokens(); i++) {
            long id = ids.get(i);
            good = id >= 0 && id < vocabSize;
        }
        for (long i = 0; good && i < header.sentences(); i++) {
            good = sentences.get(i) < sentences.get(i + 1)
                    && sentences.get(i + 1) - sentences.get(i) < Integer.MAX_VALUE;
        }
        for (long i = 0; good && i < header.documents(); i++) {
            good = firstSentence(i) < firstSentence(i + 1) && (i > 0 || firstSentence(i) == 0);
        }
        if (!good) {
            throw damaged("its numbers contradict each other");
        }
    }

    private void checkSum(String name, MappedNumbers numbers, long expected) throws ModelFormatException {
        if (numbers.crc32c() != expected) {
            throw damaged("its file " + name + " has the checksum " + Long.toHexString(numbers.crc32c()) + ", expected "
                    + Long.toHexString(expected));
        }
    }

    private ModelFormatException damaged(String problem) {
        return new ModelFormatException(
                directory, "this store of tokens is damaged: " + problem + "; delete it, and it will be made again");
    }

    StoreHeader header() {
        return header;
    }

    /** Number of tokens of a sentence. */
    int sentenceLength(long sentence) {
        return (int) (sentences.get(sentence + 1) - sentences.get(sentence));
    }

    /** Puts ids of a sentence into an array. */
    void copy(long sentence, int from, int length, int[] target, int at) {
        long start = sentences.get(sentence) + from;
        for (int i = 0; i < length; i++) {
            target[at + i] = (int) ids.get(start + i);
        }
    }

    /** The first sentence of a document; of the one after the last, the number of sentences. */
    long firstSentence(long document) {
        return document == header.documents() ? header.sentences() : documents.get(2 * document);
    }

    /** A hash of the ids of a document. */
    long hash(long document) {
        return documents.get(2 * document + 1);
    }
}
