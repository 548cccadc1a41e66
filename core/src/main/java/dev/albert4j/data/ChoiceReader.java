package dev.albert4j.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads questions with several options by a file's extension, {@code .gz} unpacked:
 *
 * <ul>
 *   <li>{@code .jsonl}: objects {@code {"context", "question", "choices": […], "answer"}}; {@code article} and {@code options} are
 *       understood too (RACE, Lai et al. 2017). The answer is an index from 0, the text of an option (the first such), or, where no
 *       option reads so, its letter, A being the first.
 *   <li>{@code .json} in C3's layout (Sun et al. 2020): {@code [[[line, …], [{"question", "choice": […], "answer"}, …], id], …]};
 *       the lines are joined by line breaks.
 * </ul>
 */
public final class ChoiceReader {
    private final ExampleList<ChoiceQuestion> questions;

    private ChoiceReader(ExampleList<ChoiceQuestion> questions) {
        this.questions = questions;
    }

    /**
     * Reads all questions of a file, in order.
     *
     * @param skipBad whether questions with something wrong are counted and left out instead of refused
     * @throws DataFormatException naming the line or the question, and what is wrong: no text where one belongs, an empty option,
     *     an answer that is none of the options; with {@code skipBad} only if the file as a whole cannot be read or holds no good
     *     question
     * @throws IllegalArgumentException if the extension is not one of those above
     */
    public static Examples<ChoiceQuestion> read(Path file, boolean skipBad) throws IOException {
        ChoiceReader reader = new ChoiceReader(new ExampleList<>(file, skipBad));
        String name = TextInput.plainName(file);
        if (name.endsWith(".jsonl")) {
            reader.readJsonLines();
        } else if (name.endsWith(".json")) {
            JsonRecords.read(file, root -> root.eachValue("the file", each -> reader.dialogue(each.value())));
        } else {
            throw new IllegalArgumentException(
                    file
                            + ": unknown kind of file of questions with options; allowed are .jsonl and C3's .json, each also with .gz");
        }
        return reader.questions.result();
    }

    private void readJsonLines() throws IOException {
        try (LineReader lines = LineReader.open(questions.file())) {
            for (String text = lines.next(); text != null; text = lines.next()) {
                if (!text.isBlank()) {
                    line(text, lines.lineNumber());
                }
            }
        }
    }

    private void line(String text, long line) throws DataFormatException {
        try {
            JsonNode node = JsonRecords.JSON.readTree(text);
            String context = text(either(node, "context", "article"), "context");
            JsonNode choices = either(node, "choices", "options");
            questions.add(example(context, node, choices, "choices", line));
        } catch (JsonProcessingException e) {
            questions.refuse(line, "is not JSON: " + e.getOriginalMessage().replaceAll("\\s+", " "));
        } catch (IllegalArgumentException e) {
            questions.refuse(line, String.valueOf(e.getMessage()));
        }
    }

    private void dialogue(JsonNode entry) throws DataFormatException {
        JsonNode list = entry.path(1);
        if (!entry.path(0).isArray() || !list.isArray()) {
            questions.refuse(
                    0, "before question " + questions.nextNumber() + ": not [[line, …], [question, …], id] as in C3");
            return;
        }
        StringBuilder context = new StringBuilder();
        for (JsonNode line : entry.path(0)) {
            context.append(context.isEmpty() ? "" : "\n").append(line.asText());
        }
        for (JsonNode node : list) {
            long number = questions.nextNumber();
            try {
                questions.add(example(context.toString(), node, node.path("choice"), "choice", number));
            } catch (IllegalArgumentException e) {
                questions.refuse(0, "question " + number + ": " + e.getMessage());
            }
        }
    }

    private static ChoiceQuestion example(String context, JsonNode node, JsonNode list, String listName, long number) {
        String question = node.path("question").isMissingNode() ? "" : text(node.path("question"), "question");
        if (!list.isArray()) {
            throw new IllegalArgumentException("has no array \"" + listName + "\"");
        }
        List<String> choices = new ArrayList<>();
        for (JsonNode choice : list) {
            if (!choice.isValueNode() || choice.isNull()) {
                throw new IllegalArgumentException("option " + choices.size() + " is not a text");
            }
            choices.add(choice.asText());
        }
        return new ChoiceQuestion(context, question, choices, answer(node.path("answer"), choices), number);
    }

    private static int answer(JsonNode answer, List<String> choices) {
        if (answer.isIntegralNumber()) {
            return answer.canConvertToInt() ? answer.intValue() : -1;
        }
        String text = text(answer, "answer");
        int index = choices.indexOf(text);
        if (index < 0 && text.length() == 1 && text.charAt(0) >= 'A' && text.charAt(0) < 'A' + choices.size()) {
            index = text.charAt(0) - 'A';
        }
        if (index < 0) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "the answer \"%s\" is none of the options %s",
                    ExampleList.abbreviate(text),
                    ExampleList.abbreviate(choices.toString())));
        }
        return index;
    }

    private static JsonNode either(JsonNode node, String name, String other) {
        return node.has(name) ? node.path(name) : node.path(other);
    }

    private static String text(JsonNode value, String name) {
        if (!value.isTextual()) {
            throw new IllegalArgumentException("has no text \"" + name + "\"");
        }
        return value.textValue();
    }
}
