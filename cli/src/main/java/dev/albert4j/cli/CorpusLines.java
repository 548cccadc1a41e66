package dev.albert4j.cli;

import dev.albert4j.data.LineReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The texts of several files, one after the other, in constant memory. */
final class CorpusLines implements Iterator<String>, AutoCloseable {
    private final Iterator<Path> files;
    private @Nullable TextLines open;
    private @Nullable String next;

    CorpusLines(List<Path> files) throws IOException {
        this.files = files.iterator();
        advance();
    }

    private void advance() throws IOException {
        next = null;
        while (next == null) {
            if (open == null) {
                if (!files.hasNext()) {
                    return;
                }
                Path file = files.next();
                open = new TextLines(LineReader.open(file), file);
            }
            TextLines.Line line = open.next();
            if (line == null) {
                open.close();
                open = null;
            } else {
                next = line.text();
            }
        }
    }

    @Override
    public boolean hasNext() {
        return next != null;
    }

    @Override
    public String next() {
        String text = next;
        if (text == null) {
            throw new NoSuchElementException("the corpus is at its end");
        }
        try {
            advance();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text;
    }

    @Override
    public void close() throws IOException {
        if (open != null) {
            open.close();
        }
    }
}
