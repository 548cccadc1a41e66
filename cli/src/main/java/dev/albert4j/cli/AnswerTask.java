package dev.albert4j.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.albert4j.data.QuestionContext;
import dev.albert4j.metric.AnswerScript;
import dev.albert4j.metric.Report;
import dev.albert4j.task.Answer;
import dev.albert4j.task.AnswerOptions;
import dev.albert4j.task.Answers;
import dev.albert4j.task.QuestionAnswerer;
import dev.albert4j.train.TrainingTasks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Answers from a text. */
record AnswerTask(QuestionAnswerer answerer) implements ModelTask {
    /** Answers longer than Hugging Face's 30 tokens: in Chinese a character is one. */
    static final AnswerOptions OPTIONS = AnswerOptions.DEFAULT.withMaxAnswerTokens(TrainingTasks.MAX_ANSWER_TOKENS);

    @Override
    public void predict(List<TextLines.Line> lines, AnswerStyle style, JsonLines out) throws IOException {
        style.refuseExplain("qa");
        List<QuestionAnswerer.Input> inputs = new ArrayList<>();
        for (TextLines.Line line : lines) {
            if (line.pair() == null) {
                throw new IllegalArgumentException(
                        "a question needs a text to answer it from: give JSON lines {\"question\",\"context\"}");
            }
            inputs.add(new QuestionAnswerer.Input(line.text(), line.pair()));
        }
        for (Answers answers : answerer.predict(inputs)) {
            JsonGenerator json = out.begin();
            if (answers.answer().isPresent()) {
                write(answers.answer().get(), json);
            } else {
                json.writeNullField("answer");
            }
            json.writeArrayFieldStart("best");
            for (Answer answer : answers.best().stream()
                    .limit(style.topK() == null ? 1 : style.topK())
                    .toList()) {
                json.writeStartObject();
                write(answer, json);
                json.writeEndObject();
            }
            json.writeEndArray();
            out.end();
        }
    }

    @Override
    public ModelTask withThreshold(double threshold) {
        return new AnswerTask(answerer.withNoAnswerThreshold(threshold));
    }

    private static void write(Answer answer, JsonGenerator json) throws IOException {
        json.writeStringField("answer", answer.text());
        json.writeNumberField("begin", answer.begin());
        json.writeNumberField("end", answer.end());
        json.writeNumberField("score", (float) answer.score());
    }

    @Override
    public Report evaluate(Path data, DataOptions options, Progress progress) throws IOException {
        List<QuestionContext> questions = options.questions(data);
        return answerer.evaluate(questions, script(questions), progress.of(questions.size()));
    }

    /** Chinese answers are compared as CMRC does, others as SQuAD. */
    static AnswerScript script(List<QuestionContext> questions) {
        return AnswerScript.fitting(questions.stream()
                .flatMap(question -> question.answerTexts().stream())
                .toList());
    }
}
