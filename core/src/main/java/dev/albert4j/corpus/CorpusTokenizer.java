package dev.albert4j.corpus;

import dev.albert4j.corpus.CorpusReader.Line;
import dev.albert4j.tokenize.Encoding;
import dev.albert4j.tokenize.EncodingOptions;
import dev.albert4j.tokenize.Tokenizer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Tokenizes a corpus file on several threads into a store, in the file's order and in constant memory. Thread-safe. */
final class CorpusTokenizer {
    private static final int BLOCK_CHARS = 1 << 17;
    private static final EncodingOptions PLAIN = EncodingOptions.DEFAULT.withSpecialTokens(false);

    private final Tokenizer tokenizer;
    private final boolean splitsSentences;
    private final int numThreads;

    /** @param splitsSentences whether lines are cut into sentences */
    CorpusTokenizer(Tokenizer tokenizer, boolean splitsSentences, int numThreads) {
        this.tokenizer = tokenizer;
        this.splitsSentences = splitsSentences;
        this.numThreads = numThreads;
    }

    /** Whether lines are cut into sentences. */
    boolean splitsSentences() {
        return splitsSentences;
    }

    /** Some lines of a file as ids. */
    private static final class Block {
        int[] ids = new int[BLOCK_CHARS / 2];
        int[] ends = new int[256]; // of each sentence
        boolean[] begins = new boolean[256]; // whether the sentence is the first of a document
        int numSentences;
        int numIds;

        void add(Encoding sentence, boolean beginsDocument) {
            int length = sentence.length();
            if (numIds + length > ids.length) {
                ids = Arrays.copyOf(ids, Math.max(2 * ids.length, Math.addExact(numIds, length)));
            }
            for (int i = 0; i < length; i++) {
                ids[numIds++] = sentence.id(i);
            }
            if (numSentences == ends.length) {
                ends = Arrays.copyOf(ends, 2 * numSentences);
                begins = Arrays.copyOf(begins, 2 * numSentences);
            }
            begins[numSentences] = beginsDocument;
            ends[numSentences++] = numIds;
        }
    }

    /**
     * Tokenizes a file.
     *
     * @param out takes the sentences
     * @param progress is told of it now and then
     */
    void run(Path file, TokenStoreWriter out, Runnable progress) throws IOException {
        ExecutorService executor = Executors.newFixedThreadPool(numThreads, task -> {
            Thread thread = new Thread(task, "tokenize");
            thread.setDaemon(true);
            return thread;
        });
        Deque<Future<Block>> blocks = new ArrayDeque<>();
        try (CorpusReader reader = CorpusReader.open(file)) {
            for (List<Line> lines = read(reader); !lines.isEmpty(); lines = read(reader)) {
                List<Line> block = lines;
                blocks.add(executor.submit(() -> tokenize(block)));
                if (blocks.size() > 2 * numThreads) {
                    write(blocks.remove(), out);
                    progress.run();
                }
            }
            while (!blocks.isEmpty()) {
                write(blocks.remove(), out);
            }
        } finally {
            executor.shutdownNow();
        }
    }

    private static List<Line> read(CorpusReader reader) throws IOException {
        List<Line> lines = new ArrayList<>();
        int chars = 0;
        while (chars < BLOCK_CHARS) {
            Line line = reader.next();
            if (line == null) {
                break;
            }
            lines.add(line);
            chars += line.text().length();
        }
        return lines;
    }

    private Block tokenize(List<Line> lines) {
        Block block = new Block();
        for (Line line : lines) {
            boolean begins = line.beginsDocument();
            List<String> sentences = splitsSentences ? SentenceSplitter.split(line.text()) : List.of(line.text());
            for (String sentence : sentences) {
                block.add(tokenizer.encode(sentence, null, PLAIN), begins);
                begins = false;
            }
        }
        return block;
    }

    private static void write(Future<Block> future, TokenStoreWriter out) throws IOException {
        Block block = await(future);
        int begin = 0;
        for (int i = 0; i < block.numSentences; i++) {
            if (block.begins[i]) {
                out.beginDocument();
            }
            out.sentence(block.ids, begin, block.ends[i]);
            begin = block.ends[i];
        }
    }

    private static Block await(Future<Block> future) throws IOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("tokenizing was interrupted").initCause(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(e);
        }
    }
}
