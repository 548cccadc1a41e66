package dev.albert4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Standard output that fails: the reader has gone, or the disk is full. */
class ClosedOutputTest {
    private final InputStream in = System.in;
    private final PrintStream out = System.out;
    private final PrintStream err = System.err;

    @AfterEach
    void restoreStreams() {
        System.setIn(in);
        System.setOut(out);
        System.setErr(err);
    }

    @Test
    void aReaderThatHasGoneEndsTheWorkQuietly() {
        String input = "The film was fine.\n".repeat(100_000);
        for (String verb : new String[] {"tokenize", "predict"}) {
            ByteArrayOutputStream errors = new ByteArrayOutputStream();
            FailingOutput output = new FailingOutput("Broken pipe", 10_000);
            int status = run(input, output, errors, verb, Workshop.classifier().toString());
            assertThat(status).isEqualTo(141);
            assertThat(errors.toString(StandardCharsets.UTF_8)).isEmpty();
            assertThat(output.attempts).as("writes after the first that failed").isLessThan(5);
        }
        assertThat(run("", new FailingOutput("Broken pipe", 0), new ByteArrayOutputStream(), "--help"))
                .isEqualTo(141);
    }

    @Test
    void aFullDiskIsAFailure() {
        for (String[] args : new String[][] {
            {"tokenize", Workshop.encoder().toString()},
            {"inspect", Workshop.encoder().toString()},
            {"predict", "--help"},
        }) {
            ByteArrayOutputStream errors = new ByteArrayOutputStream();
            int status = run("text\n", new FailingOutput("No space left on device", 0), errors, args);
            assertThat(status).isEqualTo(1);
            assertThat(errors.toString(StandardCharsets.UTF_8))
                    .contains("standard output cannot be written: No space left on device")
                    .hasLineCount(1);
        }
    }

    private static int run(String input, OutputStream output, OutputStream errors, String... args) {
        return Albert.run(args, new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), output, errors);
    }

    /** Takes some bytes, then no more. */
    private static final class FailingOutput extends OutputStream {
        private final String problem;
        private int room;
        private int attempts;

        FailingOutput(String problem, int room) {
            this.problem = problem;
            this.room = room;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            room -= length;
            if (room < 0) {
                attempts++;
                throw new IOException(problem);
            }
        }
    }
}
