package dev.albert4j.corpus;

import dev.albert4j.io.ModelFormatException;
import dev.albert4j.io.WholeDirectory;
import dev.albert4j.tokenize.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * A corpus as token ids in files that are mapped into memory, one store for each corpus file: sentences and documents are numbered
 * through all of them. Larger than memory is fine. Immutable and thread-safe.
 */
public final class TokenCorpus {
    /** Told how far the tokenizing of a file is. */
    @FunctionalInterface
    public interface Progress {
        /**
         * @param file in work
         * @param documents read of it
         * @param tokens written
         * @param done whether that is all
         */
        void show(Path file, long documents, long tokens, boolean done);
    }

    private final List<TokenStore> stores;
    private final long[] firstSentences; // of each store, and the number of all
    private final long[] firstDocuments; // of each store, and the number of all
    private final long numTokens;

    private TokenCorpus(List<TokenStore> stores) {
        this.stores = List.copyOf(stores);
        this.firstSentences = new long[stores.size() + 1];
        this.firstDocuments = new long[stores.size() + 1];
        long tokens = 0;
        for (int i = 0; i < stores.size(); i++) {
            StoreHeader header = stores.get(i).header();
            firstSentences[i + 1] = firstSentences[i] + header.sentences();
            firstDocuments[i + 1] = firstDocuments[i] + header.documents();
            tokens += header.tokens();
        }
        this.numTokens = tokens;
    }

    /**
     * The corpus of these files: stores that are there are opened, others are made. A file that is done need not be done again when
     * the process was stopped before the last one.
     *
     * <p>Files are text, a blank line between documents, or {@code .jsonl} with a document in each object's {@code text}; {@code .gz}
     * is unpacked.
     *
     * @param files of the corpus
     * @param directory of the stores; made if it is missing. Only one process may prepare a corpus there at a time
     * @param splitsSentences whether lines are cut into sentences ({@link SentenceSplitter}); otherwise a line is one
     * @param numThreads that tokenize
     * @throws IllegalArgumentException if a store was made with another tokenizer or other rules, or there is no text
     * @throws ModelFormatException if a store is damaged
     * @throws dev.albert4j.data.DataFormatException if a file is not what it should be
     */
    public static TokenCorpus prepare(
            List<Path> files,
            Path directory,
            Tokenizer tokenizer,
            boolean splitsSentences,
            int numThreads,
            Progress progress)
            throws IOException {
        String hash = TokenizerHash.of(tokenizer);
        CorpusTokenizer work = new CorpusTokenizer(tokenizer, splitsSentences, numThreads);
        int vocabSize = tokenizer.vocabulary().size();
        Files.createDirectories(directory);
        Set<String> names = new HashSet<>();
        List<TokenStore> stores = new ArrayList<>();
        for (Path file : files) {
            String name = SourceFile.name(file);
            for (int i = 2; !names.add(name); i++) {
                name = SourceFile.name(file) + "." + i;
            }
            Path store = directory.resolve(name);
            if (!isOf(file, store, hash, splitsSentences)) {
                make(file, store, work, hash, vocabSize, progress);
            }
            stores.add(TokenStore.open(store, StoreHeader.read(store), vocabSize));
        }
        TokenCorpus corpus = new TokenCorpus(stores);
        if (corpus.numSentences() == 0) {
            throw new IllegalArgumentException("the corpus " + files + " has no text");
        }
        return corpus;
    }

    /** Whether there is a store of this file, as the file is now. */
    private static boolean isOf(Path file, Path store, String tokenizer, boolean splitsSentences) throws IOException {
        if (!Files.exists(store)) {
            return false;
        }
        StoreHeader header = StoreHeader.read(store);
        if (!header.tokenizer().equals(tokenizer)) {
            throw new IllegalArgumentException(store + " holds tokens of another tokenizer (hash " + header.tokenizer()
                    + ", here " + tokenizer + "); delete it, or keep the tokens in another directory");
        }
        if (header.splitsSentences() != splitsSentences) {
            throw new IllegalArgumentException(store + " holds tokens of lines that were "
                    + (splitsSentences ? "not " : "") + "cut into sentences; delete it, or keep the tokens in another"
                    + " directory");
        }
        return header.source().isStill(file);
    }

    private static void make(
            Path file, Path store, CorpusTokenizer work, String tokenizer, int vocabSize, Progress progress)
            throws IOException {
        SourceFile source = SourceFile.of(file);
        WholeDirectory.write(store, TokenStore.FILES, true, aside -> {
            try (TokenStoreWriter writer = new TokenStoreWriter(aside, vocabSize)) {
                work.run(file, writer, () -> progress.show(file, writer.numDocuments(), writer.numTokens(), false));
                writer.finish(tokenizer, work.splitsSentences(), source);
                progress.show(file, writer.numDocuments(), writer.numTokens(), true);
            }
        });
        if (!source.isStill(file)) {
            throw new IOException(file + " was changed while it was read; start again");
        }
    }

    /** Deletes the stores in a directory, and the directory if nothing else is in it. */
    public static void delete(Path directory) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path store : entries) {
                if (Files.exists(store.resolve(StoreHeader.FILE))) {
                    for (String name : TokenStore.FILES) {
                        Files.deleteIfExists(store.resolve(name));
                    }
                    Files.delete(store);
                }
            }
        }
        try {
            Files.delete(directory);
        } catch (DirectoryNotEmptyException e) {
            // Someone keeps files of their own here: they stay.
            return;
        }
    }

    /** Number of tokens, special ones not counted. */
    public long numTokens() {
        return numTokens;
    }

    /** Number of sentences. */
    public long numSentences() {
        return firstSentences[stores.size()];
    }

    /** Number of documents. */
    public long numDocuments() {
        return firstDocuments[stores.size()];
    }

    /** A text that is the same for the same corpus, cut the same way by the same tokenizer. */
    public String fingerprint() {
        CRC32C crc = new CRC32C();
        for (TokenStore store : stores) {
            StoreHeader header = store.header();
            crc.update((header.tokenizer() + " " + header.idsCrc() + " " + header.sentencesCrc() + " "
                            + header.documentsCrc())
                    .getBytes(StandardCharsets.UTF_8));
        }
        return numDocuments() + " documents of " + numTokens + " tokens with checksum "
                + Long.toHexString(crc.getValue());
    }

    /** Number of tokens of a sentence: at least 1. */
    int sentenceLength(long sentence) {
        int store = store(firstSentences, sentence);
        return stores.get(store).sentenceLength(sentence - firstSentences[store]);
    }

    /** Puts {@code length} ids of a sentence, from the one at {@code from}, into an array. */
    void copy(long sentence, int from, int length, int[] target, int at) {
        int store = store(firstSentences, sentence);
        stores.get(store).copy(sentence - firstSentences[store], from, length, target, at);
    }

    /** The first sentence of a document; of the one after the last, the number of sentences. */
    long firstSentence(long document) {
        if (document == numDocuments()) {
            return numSentences();
        }
        int store = store(firstDocuments, document);
        return firstSentences[store] + stores.get(store).firstSentence(document - firstDocuments[store]);
    }

    /** A hash of the ids of a document. */
    long hash(long document) {
        int store = store(firstDocuments, document);
        return stores.get(store).hash(document - firstDocuments[store]);
    }

    /** The document a sentence is of. */
    long documentOf(long sentence) {
        long low = 0;
        long high = numDocuments() - 1;
        while (low < high) {
            long middle = (low + high + 1) >>> 1;
            if (firstSentence(middle) <= sentence) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** The store that an element is in: there are few. */
    private static int store(long[] firsts, long index) {
        int store = 0;
        while (firsts[store + 1] <= index) {
            store++;
        }
        return store;
    }
}
