package dev.albert4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One run of the command line in this JVM: what it was given, and what came out. */
record CommandRun(List<String> args, int status, String out, String err) {
    /** Runs with nothing on standard input. */
    static CommandRun of(Object... args) {
        return withInput("", args);
    }

    static CommandRun withInput(String input, Object... args) {
        return withInput(input.getBytes(StandardCharsets.UTF_8), args);
    }

    static CommandRun withInput(byte[] input, Object... args) {
        String[] words = new String[args.length];
        for (int i = 0; i < args.length; i++) {
            words[i] = args[i].toString();
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        InputStream oldIn = System.in;
        PrintStream oldOut = System.out;
        PrintStream oldErr = System.err;
        try {
            int status = Albert.run(words, new ByteArrayInputStream(input), out, err);
            return new CommandRun(
                    List.of(words), status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        } finally {
            System.setIn(oldIn);
            System.setOut(oldOut);
            System.setErr(oldErr);
        }
    }

    /** Asserts that all went well. */
    CommandRun succeeds() {
        assertThat(status).as("%s: %s", args, err).isZero();
        return this;
    }

    /** Asserts a user's mistake: status 2, nothing on stdout, one line on stderr, which is given back. */
    String fails() {
        assertThat(status).as("%s: %s %s", args, out, err).isEqualTo(2);
        assertThat(out).isEmpty();
        assertThat(err).as("%s", args).endsWith("\n").startsWith("albert");
        assertThat(err.lines()).as("%s", args).hasSize(1);
        assertThat(err).doesNotContain("Exception", "\tat ", ": null");
        return err.strip();
    }

    /** Standard output as JSON lines. */
    List<JsonNode> json() {
        succeeds();
        List<JsonNode> nodes = new ArrayList<>();
        try {
            for (String line : out.lines().toList()) {
                nodes.add(new ObjectMapper().readTree(line));
            }
        } catch (JsonProcessingException e) {
            throw new AssertionError(args + " wrote " + out, e);
        }
        assertThat(out.isEmpty() || out.endsWith("\n"))
                .as("ends with a line feed")
                .isTrue();
        return nodes;
    }
}
