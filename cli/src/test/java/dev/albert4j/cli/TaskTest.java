package dev.albert4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.io.JsonFile;
import dev.albert4j.model.Head;
import dev.albert4j.model.ModelDirectory;
import dev.albert4j.model.ProblemType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks other than classification, from data to answers. */
class TaskTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path work;

    @Test
    void aModelLearnsAnyNumberOfLabels() throws IOException {
        StringBuilder train = new StringBuilder();
        for (String[] row : Workshop.rows(200, 1)) {
            boolean film = row[0].contains("film") || row[0].contains("story");
            String labels = film ? "[\"" + row[1] + "\",\"art\"]" : "[\"" + row[1] + "\"]";
            train.append("{\"text\":\"")
                    .append(row[0])
                    .append("\",\"label\":")
                    .append(labels)
                    .append("}\n");
        }
        train.append("{\"text\":\"nothing at all\",\"label\":[]}\n");
        Path data = Files.writeString(work.resolve("train.jsonl"), train);
        Path output = work.resolve("model");
        CommandRun.of(Workshop.finetune(
                        Workshop.scratch(), data, output, "--task", "multi-label", "--dev", data, "--epochs=8"))
                .succeeds();
        assertThat(ModelDirectory.open(output).config().problemType())
                .isEqualTo(ProblemType.MULTI_LABEL_CLASSIFICATION);
        assertThat(JsonFile.read(output.resolve("provenance.json"))
                        .at("/metrics/micro_f1")
                        .doubleValue())
                .isGreaterThan(0.8);
        JsonNode answer = JSON.readTree(
                CommandRun.of("predict", output, "a film").succeeds().out());
        assertThat(answer.get("labels").isArray()).isTrue();
        assertThat(answer.get("scores").size()).isEqualTo(3);
        assertThat(CommandRun.of("evaluate", output, "--data", data).succeeds().out())
                .contains("micro avg", "exact match");
        assertThat(CommandRun.of("predict", output, "--explain", "a film").fails())
                .contains("--explain is for classification", "multi-label");
    }

    @Test
    void aModelLearnsANumber() throws IOException {
        StringBuilder train = new StringBuilder("text,text_pair,label\n");
        for (String[] row : Workshop.rows(200, 1)) {
            train.append(row[0])
                    .append(",and,")
                    .append(row[1].equals("good") ? 4.5 : 0.5)
                    .append('\n');
        }
        Path data = Files.writeString(work.resolve("train.csv"), train);
        Path output = work.resolve("model");
        CommandRun.of(Workshop.finetune(
                        Workshop.scratch(), data, output, "--task", "similarity", "--dev", data, "--epochs=8"))
                .succeeds();
        assertThat(JsonFile.read(output.resolve("provenance.json"))
                        .at("/metrics/pearson")
                        .doubleValue())
                .isGreaterThan(0.8);
        JsonNode answer = JSON.readTree(
                CommandRun.of("predict", output, "a film").succeeds().out());
        assertThat(answer.get("value").isNumber()).isTrue();
        assertThat(CommandRun.of("evaluate", output, "--data", data).succeeds().out())
                .contains("pearson", "spearman");
    }

    @Test
    void aModelLearnsWhatIsNamed() throws IOException {
        StringBuilder train = new StringBuilder();
        for (String[] row : Workshop.rows(200, 1)) {
            for (String word : row[0].replace(".", " .").split(" ")) {
                boolean thing = !List.of("The", "near", "the", "was", ".").contains(word) && word.length() > 3;
                train.append(word).append(thing ? " B-WORD\n" : " O\n");
            }
            train.append('\n');
        }
        Path data = Files.writeString(work.resolve("train.conll"), train);
        Path output = work.resolve("model");
        CommandRun.of(Workshop.finetune(Workshop.scratch(), data, output, "--task", "ner", "--dev", data, "--epochs=8"))
                .succeeds();
        assertThat(JsonFile.read(output.resolve("provenance.json"))
                        .at("/metrics/micro_f1")
                        .doubleValue())
                .isGreaterThan(0.8);
        JsonNode answer = JSON.readTree(CommandRun.of("predict", output, "The film near the hotel was bad .")
                .succeeds()
                .out());
        assertThat(answer.at("/entities/0/text").textValue()).isEqualTo("film");
        assertThat(answer.at("/entities/0/begin").intValue()).isEqualTo(4);
        assertThat(CommandRun.of("evaluate", output, "--data", data).succeeds().out())
                .contains("WORD", "micro avg");
    }

    @Test
    void aModelLearnsToAnswerFromAText() throws IOException {
        ObjectNode squad = JSON.createObjectNode();
        ArrayNode articles = squad.putArray("data");
        int id = 0;
        for (String[] row : Workshop.rows(200, 1)) {
            String answer = row[0].split(" ")[1];
            ObjectNode paragraph = articles.addObject().putArray("paragraphs").addObject();
            paragraph.put("context", row[0]);
            ObjectNode question = paragraph.putArray("qas").addObject().put("id", "q" + id++);
            question.put("question", "What was it?");
            question.putArray("answers").addObject().put("text", answer).put("answer_start", 4);
        }
        Path data = Files.writeString(work.resolve("train.json"), squad.toString());
        Path output = work.resolve("model");
        CommandRun.of(Workshop.finetune(Workshop.scratch(), data, output, "--task", "qa", "--dev", data, "--epochs=8"))
                .succeeds();
        assertThat(JsonFile.read(output.resolve("provenance.json"))
                        .at("/metrics/exact_match")
                        .doubleValue())
                .isGreaterThan(0.5);
        assertThat(CommandRun.of("evaluate", output, "--data", data).succeeds().out())
                .contains("exact");
        assertThat(CommandRun.of("predict", output, "no context").fails()).contains("{\"question\",\"context\"}");
    }

    @Test
    void aModelLearnsToChoose() throws IOException {
        StringBuilder train = new StringBuilder();
        for (String[] row : Workshop.rows(100, 1)) {
            String other = row[1].equals("good") ? "bad" : "good";
            ObjectNode line = JSON.createObjectNode();
            line.put("context", row[0]).put("question", "How was it?").put("answer", row[1]);
            line.putArray("choices").add(row[1]).add(other);
            train.append(line).append('\n');
        }
        Path data = Files.writeString(work.resolve("train.jsonl"), train);
        Path output = work.resolve("model");
        CommandRun.of(Workshop.finetune(
                        Workshop.scratch(), data, output, "--task", "multiple-choice", "--dev", data, "--epochs=2"))
                .succeeds();
        assertThat(CommandRun.of("evaluate", output, "--data", data).succeeds().out())
                .contains("accuracy");
        assertThat(CommandRun.of("predict", output, "no options").fails()).contains("choices");
    }

    @Test
    void aModelLearnsHiddenWordsFromTextsWithoutLabels() throws IOException {
        List<String> texts = Workshop.rows(200, 1).stream().map(row -> row[0]).toList();
        Path data = Files.write(work.resolve("train.txt"), texts);
        Path output = work.resolve("model");
        Object[] command =
                Workshop.finetune(Workshop.scratch(), data, output, "--task", "fill-mask", "--dev", data, "--epochs=8");
        CommandRun.of(command).succeeds();
        ModelDirectory model = ModelDirectory.open(output);
        assertThat(model.config().head()).isEqualTo(Head.MASKED_LM);
        JsonNode metrics = JsonFile.read(output.resolve("provenance.json")).get("metrics");
        assertThat(metrics.get("perplexity").doubleValue()).isLessThan(20);
        assertThat(metrics.get("accuracy").doubleValue()).isGreaterThan(0.3);

        String text = "The film near the [MASK] was fine.";
        JsonNode answer = JSON.readTree(
                CommandRun.of("predict", output, "--top-k", 3, text).succeeds().out());
        JsonNode fill = answer.at("/fills/0");
        assertThat(answer.get("text").textValue()).isEqualTo(text);
        assertThat(text.substring(fill.get("begin").intValue(), fill.get("end").intValue()))
                .isEqualTo("[MASK]");
        assertThat(fill.get("candidates").size()).isEqualTo(3);
        assertThat(fill.at("/candidates/0/score").doubleValue())
                .isGreaterThan(fill.at("/candidates/1/score").doubleValue());
        assertThat(answer.get("filled").textValue())
                .startsWith("The film near the ")
                .doesNotContain("[MASK]");

        String figures =
                CommandRun.of("evaluate", output, "--data", data).succeeds().out();
        assertThat(figures).contains("perplexity", "accuracy", "hidden pieces");
        assertThat(metrics.get("perplexity").doubleValue())
                .isCloseTo(Double.parseDouble(figures.strip().split("\\s+")[1]), within(1e-3));
        Path csv = Workshop.csv(work.resolve("labelled.csv"), 20, 2); // the labels do not matter
        CommandRun.of("evaluate", output, "--data", csv).succeeds();
        assertThat(CommandRun.of("predict", output, "no mask").fails()).contains("there is no [MASK]", "no mask");
        assertThat(CommandRun.of("predict", output, "--explain", text).fails()).contains("fill-mask");
        Object[] dropout =
                Workshop.finetune(output, data, work.resolve("other"), "--task", "fill-mask", "--word-dropout", "0.1");
        assertThat(CommandRun.of(dropout).fails()).contains("--word-dropout 0.1 is not for --task fill-mask");
    }

    @Test
    void badExamplesAreLeftOutAndCountedWhereAsked() throws IOException {
        Path data = Files.writeString(
                work.resolve("train.jsonl"),
                "{\"text\":\"a film\",\"spans\":[{\"type\":\"T\",\"begin\":2,\"end\":6}]}\n"
                        + "{\"text\":\"a film\",\"spans\":[{\"type\":\"T\",\"begin\":2,\"end\":60}]}\n");
        Object[] strict = Workshop.finetune(Workshop.scratch(), data, work.resolve("model"), "--task", "ner");
        assertThat(CommandRun.of(strict).fails()).contains("train.jsonl line 2");
        Object[] lenient =
                Workshop.finetune(Workshop.scratch(), data, work.resolve("model"), "--task", "ner", "--skip-bad");
        assertThat(CommandRun.of(lenient).succeeds().err()).contains("left out 1 bad", "line 2");

        Path texts = Files.writeString(work.resolve("texts.csv"), "text,label\nfine,good\nbad,bad\nso so,\n");
        Object[] labels =
                Workshop.finetune(Workshop.scratch(), texts, work.resolve("other"), "--skip-bad", "--epochs=1");
        assertThat(CommandRun.of(labels).succeeds().err()).contains("left out 1 bad", "texts.csv line 4");
    }

    @Test
    void whatDoesNotFitTheTaskIsLeftOutAndCountedToo() throws IOException {
        Path numbers = Files.writeString(
                work.resolve("numbers.csv"), "text,text_pair,label\na,b,1\nso,so,many\nc,d,2\ne,f,3\n");
        CommandRun regression = CommandRun.of(Workshop.finetune(
                        Workshop.scratch(),
                        numbers,
                        work.resolve("r"),
                        "--task",
                        "regression",
                        "--dev",
                        numbers,
                        "--skip-bad",
                        "--epochs=1"))
                .succeeds();
        assertThat(regression.err())
                .contains(
                        "left out 1 bad",
                        "numbers.csv line 3: label \"many\" is not a number",
                        "3 texts to learn from, 3");
        assertThat(CommandRun.of("evaluate", work.resolve("r"), "--data", numbers)
                        .fails())
                .contains("numbers.csv line 3", "\"many\" is not a number");
        assertThat(CommandRun.of("evaluate", work.resolve("r"), "--data", numbers, "--skip-bad")
                        .succeeds()
                        .err())
                .contains("left out 1 bad", "line 3");

        Path train = Workshop.csv(work.resolve("train.csv"), 20, 1);
        Path dev = Files.writeString(work.resolve("dev.csv"), "text,label\nfine,good\nso so,average\n");
        CommandRun labels = CommandRun.of(Workshop.finetune(
                        Workshop.scratch(), train, work.resolve("c"), "--dev", dev, "--skip-bad", "--epochs=1"))
                .succeeds();
        assertThat(labels.err()).contains("left out 1 bad", "dev.csv line 3: label \"average\"", "1 to evaluate on");
        CommandRun named = CommandRun.of(Workshop.finetune(
                Workshop.scratch(), train, work.resolve("n"), "--label-names=good=fine", "--skip-bad"));
        assertThat(named.status()).isEqualTo(2);
        assertThat(named.err()).contains("left out 10 bad", "one label only, [fine]");

        Path entities = Files.writeString(work.resolve("train.conll"), "a B-X\nb O\n\n");
        Path others = Files.writeString(work.resolve("dev.conll"), "a B-X\n\nb B-Y\n\n");
        Object[] ner = Workshop.finetune(
                Workshop.scratch(),
                entities,
                work.resolve("e"),
                "--task",
                "ner",
                "--dev",
                others,
                "--skip-bad",
                "--epochs=1");
        assertThat(CommandRun.of(ner).succeeds().err()).contains("left out 1 bad", "dev.conll line 3: type \"Y\"");
    }

    @Test
    void whatIsNoNumberIsRefusedWithItsLine() throws IOException {
        Path data = Files.writeString(work.resolve("train.csv"), "text,label\nfine,1\nso so,many\n");
        assertThat(CommandRun.of(Workshop.finetune(
                                Workshop.scratch(), data, work.resolve("model"), "--task", "regression"))
                        .fails())
                .contains("train.csv line 3", "\"many\" is not a number");
        assertThat(CommandRun.of(Workshop.finetune(
                                Workshop.scratch(), data, work.resolve("model"), "--task", "similarity"))
                        .fails())
                .contains("train.csv line 2", "no second text");
        assertThat(List.of(work.toFile().list())).containsExactly("train.csv");
    }

    @Test
    void unknownTasksAndMetricsAreNamedWithThoseThatExist() throws IOException {
        Path data = Workshop.csv(work.resolve("train.csv"), 20, 1);
        Object[] unknown = Workshop.finetune(Workshop.scratch(), data, work.resolve("model"), "--task", "telepathy");
        assertThat(CommandRun.of(unknown).fails()).contains("--task telepathy", "classification", "multi-label");
        Object[] metric = Workshop.finetune(
                Workshop.scratch(), data, work.resolve("model"), "--task", "regression", "--metric", "accuracy");
        assertThat(CommandRun.of(metric).fails()).contains("--metric accuracy", "pearson");
    }
}
