package dev.albert4j.data;

import com.fasterxml.jackson.databind.JsonNode;
import dev.albert4j.data.QuestionContext.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads questions about texts in SQuAD's layout, versions 1.1 and 2 (Rajpurkar et al. 2016, 2018), and so CMRC 2018's (Cui et al.
 * 2019): {@code .json}, also with {@code .gz}. Paragraphs are read one by one; a whole file's questions are held in memory, and
 * each context once.
 *
 * <p>{@code answer_start} counts code points, as Python does; {@link Answer#begin} counts UTF-16 units. An {@code answer_start} of
 * −1 marks an answer that is worded freely, as CMRC 2018 does.
 */
public final class QuestionReader {
    private static final int NOWHERE = -2;

    private final ExampleList<QuestionContext> questions;
    private long numParagraphs;

    private QuestionReader(ExampleList<QuestionContext> questions) {
        this.questions = questions;
    }

    /**
     * Reads all questions of a file, in order.
     *
     * @param skipBad whether questions with something wrong are counted and left out instead of refused
     * @throws DataFormatException naming the question and what is wrong with it: no text where one belongs, an answer that does
     *     not stand where it is said to; with {@code skipBad} only if the file as a whole cannot be read or holds no good question
     * @throws IllegalArgumentException if the extension is not one of those above
     */
    public static Examples<QuestionContext> read(Path file, boolean skipBad) throws IOException {
        if (!TextInput.plainName(file).endsWith(".json")) {
            throw new IllegalArgumentException(
                    file + ": unknown kind of file of questions; allowed is SQuAD's .json, also with .gz");
        }
        QuestionReader reader = new QuestionReader(new ExampleList<>(file, skipBad));
        JsonRecords.read(
                file,
                root -> root.field(
                        "the file",
                        "data",
                        data -> data.eachValue(
                                "\"data\"",
                                article -> article.field(
                                        "an article",
                                        "paragraphs",
                                        all -> all.eachValue(
                                                "\"paragraphs\"", each -> reader.paragraph(each.value()))))));
        return reader.questions.result();
    }

    private void paragraph(JsonNode paragraph) throws DataFormatException {
        numParagraphs++;
        String context = JsonRecords.string(paragraph, "context");
        JsonNode list = paragraph.path("qas");
        if (context == null || context.isBlank()) {
            questions.refuse(0, "paragraph " + numParagraphs + " has no \"context\" or an empty one");
            return;
        }
        if (!list.isArray()) {
            questions.refuse(0, "paragraph " + numParagraphs + " has no array \"qas\"");
            return;
        }
        for (JsonNode node : list) {
            question(node, context);
        }
    }

    private void question(JsonNode node, String context) throws DataFormatException {
        long number = questions.nextNumber();
        JsonNode idNode = node.path("id");
        String id = idNode.isValueNode() ? idNode.asText() : Long.toString(number);
        String place = "question " + number + " (id " + ExampleList.abbreviate(id) + "): ";
        String question = JsonRecords.string(node, "question");
        JsonNode list = node.path("answers");
        if (question == null || question.isBlank()) {
            questions.refuse(0, place + "has no \"question\" or an empty one");
            return;
        }
        if (!list.isArray()) {
            questions.refuse(0, place + "has no array \"answers\" (an empty one where the text holds no answer)");
            return;
        }
        boolean impossible = node.path("is_impossible").asBoolean(false);
        if (impossible && !list.isEmpty()) {
            questions.refuse(0, place + "is said to be impossible but has " + list.size() + " answers");
            return;
        }
        List<Answer> answers = new ArrayList<>();
        for (JsonNode answerNode : list) {
            String text = JsonRecords.string(answerNode, "text");
            JsonNode start = answerNode.path("answer_start");
            int begin = text == null || !start.canConvertToInt() ? NOWHERE : begin(context, text, start.intValue());
            if (text == null || text.isBlank() || begin == NOWHERE) {
                questions.refuse(0, place + problem(text == null ? "" : text, start, context));
                return;
            }
            answers.add(new Answer(text, begin));
        }
        questions.add(new QuestionContext(id, question, context, answers, number));
    }

    /** Where an answer begins in UTF-16 units; −1 if it says that it is no part of the context, NOWHERE if it is not at its start. */
    private static int begin(String context, String text, int start) {
        if (start == -1) {
            return -1;
        }
        if (start < 0 || start > context.length() || start > context.codePointCount(0, context.length())) {
            return NOWHERE;
        }
        int begin = context.offsetByCodePoints(0, start);
        return context.startsWith(text, begin) ? begin : NOWHERE;
    }

    private static String problem(String text, JsonNode start, String context) {
        if (text.isBlank()) {
            return "an answer has no \"text\" or an empty one";
        }
        if (!start.canConvertToInt()) {
            return "the answer \"" + ExampleList.abbreviate(text) + "\" has no number \"answer_start\"";
        }
        int found = context.indexOf(text);
        return "the answer \"" + ExampleList.abbreviate(text) + "\" is not at " + start.intValue() + " of its context, "
                + (found < 0 ? "nor anywhere in it" : "but at " + context.codePointCount(0, found));
    }
}
