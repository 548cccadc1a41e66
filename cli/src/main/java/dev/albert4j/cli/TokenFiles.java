package dev.albert4j.cli;

import dev.albert4j.corpus.TokenCorpus;
import dev.albert4j.tokenize.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where a run keeps its tokenized corpus: in a directory of the user's, or in its own until it is done. */
@SuppressWarnings("try") // the lock acts by being open
final class TokenFiles {
    private static final long LINE_NANOS = 10_000_000_000L;

    private final Path directory;
    private final boolean owned;
    private long lastNanos = System.nanoTime();

    /** @param shared directory of the user's, or null */
    TokenFiles(Path run, @Nullable Path shared) {
        this.directory = shared == null ? run.resolve("tokens") : shared;
        this.owned = shared == null;
    }

    /** The corpus, tokenized where it is not yet; waits for a process that tokenizes there, be it another rank or another run. */
    TokenCorpus prepare(List<Path> corpus, Tokenizer tokenizer, boolean splitsSentences, int numThreads)
            throws IOException {
        try (RunLock lock = RunLock.await(directory)) {
            return TokenCorpus.prepare(corpus, directory, tokenizer, splitsSentences, numThreads, this::show);
        }
    }

    /** Where the tokens are. */
    Path directory() {
        return directory;
    }

    private void show(Path file, long documents, long numTokens, boolean done) {
        if (done || System.nanoTime() - lastNanos > LINE_NANOS) {
            lastNanos = System.nanoTime();
            System.err.printf(
                    Locale.ROOT,
                    "tokenized %s%s: %,d documents, %,d tokens%n",
                    done ? "" : "so far of ",
                    file,
                    documents,
                    numTokens);
        }
    }

    /** Deletes the corpus of a run that is done, unless the user keeps it. */
    void delete() throws IOException {
        if (owned) {
            TokenCorpus.delete(directory);
        }
    }
}
