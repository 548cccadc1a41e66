package dev.albert4j.corpus;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/** Writes the files of a {@link TokenStore}, in constant memory. Not thread-safe. */
final class TokenStoreWriter implements Closeable {
    private final Path directory;
    private final int bytesPerId;
    private final NumberWriter ids;
    private final NumberWriter sentences;
    private final NumberWriter documents;
    private long numDocuments;
    private boolean inDocument;
    private long hash;

    /** @param directory is there and empty */
    TokenStoreWriter(Path directory, int vocabSize) throws IOException {
        this.directory = directory;
        this.bytesPerId = vocabSize <= 1 << 16 ? 2 : 4;
        this.ids = new NumberWriter(directory.resolve(TokenStore.IDS), bytesPerId);
        this.sentences = new NumberWriter(directory.resolve(TokenStore.SENTENCES), 8);
        this.documents = new NumberWriter(directory.resolve(TokenStore.DOCUMENTS), 8);
    }

    /** What follows belongs to another document; one without a sentence is none. */
    void beginDocument() throws IOException {
        if (inDocument) {
            documents.add(hash);
        }
        inDocument = false;
    }

    /** Adds a sentence; one without a token is none. */
    void sentence(int[] tokens, int begin, int end) throws IOException {
        if (begin == end) {
            return;
        }
        if (!inDocument) {
            documents.add(sentences.size());
            numDocuments++;
            inDocument = true;
            hash = 0xcbf29ce484222325L; // FNV-1a
        }
        sentences.add(ids.size());
        for (int i = begin; i < end; i++) {
            ids.add(tokens[i]);
            hash = (hash ^ tokens[i]) * 0x100000001b3L;
        }
    }

    /** Number of documents begun. */
    long numDocuments() {
        return numDocuments;
    }

    /** Number of tokens written. */
    long numTokens() {
        return ids.size();
    }

    void finish(String tokenizer, boolean splitsSentences, SourceFile source) throws IOException {
        beginDocument();
        long numSentences = sentences.size();
        sentences.add(ids.size());
        new StoreHeader(
                        tokenizer,
                        splitsSentences,
                        source,
                        bytesPerId,
                        numDocuments,
                        numSentences,
                        ids.size(),
                        ids.finish(),
                        sentences.finish(),
                        documents.finish())
                .write(directory);
    }

    @Override
    public void close() throws IOException {
        try (ids;
                sentences;
                documents) {
            inDocument = false;
        }
    }
}
