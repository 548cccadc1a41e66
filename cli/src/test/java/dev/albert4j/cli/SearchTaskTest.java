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
import dev.albert4j.model.SentenceConfig;
import dev.albert4j.model.SentenceConfig.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Embeddings and re-ranking, from data to answers. */
class SearchTaskTest {
    private static final String PAIR = "{\"text\":\"The film was fine.\",\"pair\":\"The hotel was bad.\"}\n";

    @TempDir
    Path work;

    @Test
    void aModelLearnsWhichTextsBelongTogether() throws IOException {
        Path train = pairs("train.csv", 200, 1);
        Path dev = pairs("dev.csv", 30, 2);
        Path output = work.resolve("model");
        String report = CommandRun.of(embed(train, output, "--dev", dev, "--epochs=6", "--group-size=8", "--normalize"))
                .succeeds()
                .out();
        assertThat(report).contains("ndcg at 10", "mrr at 10", "map", "accuracy at 1");
        ModelDirectory model = ModelDirectory.open(output);
        assertThat(model.config().head()).isEqualTo(Head.NONE);
        assertThat(model.sentences()).contains(new SentenceConfig(Pooling.MEAN, true, Workshop.MAX_LENGTH));
        assertThat(metric(output, "accuracy_at_1")).isGreaterThan(0.5);
        assertThat(CommandRun.of("evaluate", output, "--data", dev).succeeds().out())
                .isEqualTo(report);
        assertThat(CommandRun.of("inspect", output).succeeds().out()).contains("mean of at most 48 tokens, normalized");

        List<JsonNode> answers = CommandRun.withInput(PAIR, "predict", output).json();
        JsonNode vector = answers.get(0).get("embedding");
        JsonNode pair = answers.get(0).get("pair_embedding");
        assertThat(vector).hasSize(Workshop.HIDDEN_SIZE);
        double product = 0;
        for (int i = 0; i < vector.size(); i++) {
            product += vector.get(i).doubleValue() * pair.get(i).doubleValue();
        }
        assertThat(answers.get(0).get("cosine").doubleValue()).isCloseTo(product, within(1e-5)); // length 1
        JsonNode alone =
                CommandRun.of("predict", output, "The film was fine.").json().get(0);
        assertThat(alone.get("embedding")).isEqualTo(vector);
        assertThat(alone).hasSize(1);
        assertThat(CommandRun.of("predict", output, "--top-k=2", "a").fails()).contains("--top-k is for", "embedding");
        assertThat(CommandRun.of("predict", output, "--explain", "a").fails()).contains("--explain is for");
    }

    @Test
    void aModelLearnsFromTextsAloneAndIsMeasuredByScores() throws IOException {
        List<String> texts = new ArrayList<>();
        Workshop.rows(60, 1).forEach(row -> texts.add(row[0]));
        Path train = Files.write(work.resolve("texts.txt"), texts);
        Path dev = Files.writeString(
                work.resolve("dev.csv"),
                "text,text_pair,label\nThe film was fine.,The film was great.,5\nThe hotel was bad.,A ticket,0.5\n"
                        + "The museum was dull.,The museum was boring.,4\n");
        Path output = work.resolve("model");
        CommandRun.of(embed(
                        train,
                        output,
                        "--dev",
                        dev,
                        "--epochs=1",
                        "--pooling=cls",
                        "--temperature=0.1",
                        "--dropout=0.2",
                        "--metric=pearson"))
                .succeeds();
        assertThat(metric(output, "pearson")).isBetween(-1.0, 1.0);
        JsonNode config = JsonFile.read(output.resolve("provenance.json")).get("config");
        assertThat(config.get("pooling").textValue()).isEqualTo("CLS");
        assertThat(config.get("temperature").doubleValue()).isEqualTo(0.1);
        assertThat(config.get("attentionDropout").doubleValue()).isEqualTo(0.1); // the model has none

        Path next = work.resolve("next"); // a model's pooling is kept
        CommandRun.of(Workshop.finetune(output, train, next, "--task", "embedding", "--epochs=1"))
                .succeeds();
        assertThat(ModelDirectory.open(next).sentences().orElseThrow().pooling())
                .isEqualTo(Pooling.CLS);
        assertThat(CommandRun.of("evaluate", Workshop.encoder(), "--data", dev)
                        .succeeds()
                        .out())
                .contains("spearman");
    }

    @Test
    void dataThatDoNotFitAreRefusedWithTheirLine() throws IOException {
        Path pairs = pairs("train.csv", 20, 1);
        assertRefused(file("scored.csv", "text,text_pair,label\na,b,5\n"), "scored.csv line 2", "belong together");
        assertRefused(
                file("mixed.jsonl", "{\"text\":\"a\",\"text_pair\":\"b\"}\n{\"text\":\"a\"}\n"),
                "mixed.jsonl line 2",
                "no second text");
        assertRefused(file("empty.csv", "text,text_pair\na,\n"), "empty.csv line 2", "empty text");
        Path singles = file("dev.csv", "text\na\n");
        assertRefused(pairs, "--dev", singles, "dev.csv line 2", "no second text");
        Path number = file("number.csv", "text,text_pair,label\na,b,5\na,b,five\n");
        assertRefused(pairs, "--dev", number, "number.csv line 3", "not a number");
        assertRefused(file("texts.csv", "text\na\nb\n"), "--dev-share", 0.5, "texts.csv line", "no second text");
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() throws IOException {
        Path pairs = pairs("train.csv", 20, 1);
        assertRefused(pairs, "--temperature", 0, "--temperature 0.0 is not above 0");
        assertRefused(pairs, "--group-size", 1, "--group-size 1 is less than 2");
        assertRefused(pairs, "--pooling", "max", "--pooling", "MEAN, CLS");
        assertRefused(pairs, "--label-smoothing", 0.1, "embeddings have no labels and no head");
        assertRefused(pairs, "--freeze", "encoder", "--freeze encoder leaves nothing");
        Path texts = file("texts.csv", "text\na\nb\n");
        Object[] equal = embed(texts, work.resolve("model"), "--dropout=0", "--attention-dropout=0");
        assertThat(CommandRun.of(equal).fails()).contains("a text is paired with itself", "--dropout");
        Path scored = file("scored.csv", "text,text_pair,label\na,b,5\n");
        Object[] metric = embed(pairs, work.resolve("model"), "--dev", scored, "--metric", "map");
        assertThat(CommandRun.of(metric).fails()).contains("--metric map", "[spearman, pearson]");
        Path labels = Workshop.csv(work.resolve("labels.csv"), 20, 1);
        for (String option : List.of("--pooling=cls", "--normalize", "--temperature=1", "--group-size=4")) {
            assertThat(CommandRun.of(Workshop.finetune(Workshop.encoder(), labels, work.resolve("model"), option))
                            .fails())
                    .contains("are for --task embedding");
        }
        assertThat(Files.exists(work.resolve("model"))).isFalse();
    }

    @Test
    void aModelLearnsToRank() throws IOException {
        Path train = queries("train.jsonl", 150, 1);
        Path dev = queries("dev.jsonl", 30, 2);
        Path output = work.resolve("model");
        CommandRun.of(Workshop.finetune(
                        Workshop.scratch(), train, output, "--task", "rerank", "--dev", dev, "--epochs=8"))
                .succeeds();
        JsonNode config = JsonFile.read(output.resolve("config.json"));
        assertThat(config.get("finetuning_task").textValue()).isEqualTo("rerank");
        assertThat(config.get("id2label")).hasSize(1);
        assertThat(metric(output, "ndcg_at_10")).isGreaterThan(0.9);
        assertThat(CommandRun.of("evaluate", output, "--data", dev).succeeds().out())
                .contains("ndcg at 10", "mrr at 10", "map");
        assertThat(CommandRun.of("inspect", output).succeeds().out()).containsPattern("finetuningTask +rerank");

        String query = "{\"query\":\"good\",\"texts\":[\"The film was awful.\",\"The film was lovely.\"]}\n";
        JsonNode answer = CommandRun.withInput(query, "predict", output).json().get(0);
        assertThat(answer.at("/ranking/0/index").intValue()).isEqualTo(1);
        assertThat(answer.at("/ranking/0/text").textValue()).isEqualTo("The film was lovely.");
        assertThat(answer.at("/ranking/0/score").doubleValue())
                .isBetween(answer.at("/ranking/1/score").doubleValue(), 1.0);
        assertThat(CommandRun.withInput(query, "predict", output, "--top-k=1")
                        .json()
                        .get(0)
                        .get("ranking"))
                .hasSize(1);
        assertThat(CommandRun.of("predict", output, "no texts").fails()).contains("{\"query\",\"texts\":[…]}");
        assertThat(CommandRun.withInput("{\"query\":\"a\",\"texts\":[1]}\n", "predict", output)
                        .fails())
                .contains("line 1", "\"texts\" that are no strings");
        aRegressionThatStartsFromItIsARegression(output);
    }

    private void aRegressionThatStartsFromItIsARegression(Path reranker) throws IOException {
        Path data = file("numbers.csv", "text,label\nfine,1\nso so,0.5\n");
        Path output = work.resolve("regression");
        CommandRun.of(Workshop.finetune(reranker, data, output, "--task", "regression", "--epochs=1"))
                .succeeds();
        assertThat(JsonFile.read(output.resolve("config.json")).has("finetuning_task"))
                .isFalse();
        assertThat(CommandRun.of("predict", output, "a").json().get(0).has("value"))
                .isTrue();
    }

    @Test
    void badQueriesAreRefusedOrCounted() throws IOException {
        Path data = queries("train.jsonl", 10, 1);
        Files.writeString(
                data, Files.readString(data) + "{\"query\":\"q\",\"texts\":[\"a\",\"b\"],\"labels\":[0,0]}\n");
        Object[] strict = Workshop.finetune(Workshop.scratch(), data, work.resolve("model"), "--task", "rerank");
        assertThat(CommandRun.of(strict).fails()).contains("train.jsonl line 11", "no label is above 0");
        Object[] lenient = Workshop.finetune(
                Workshop.scratch(), data, work.resolve("model"), "--task", "rerank", "--skip-bad", "--epochs=1");
        assertThat(CommandRun.of(lenient).succeeds().err()).contains("left out 1 bad", "line 11");
    }

    private Object[] embed(Path train, Path output, Object... options) {
        List<Object> all = new ArrayList<>(List.of("--task", "embedding"));
        all.addAll(List.of(options));
        return Workshop.finetune(Workshop.encoder(), train, output, all.toArray());
    }

    /** @param optionAndParts of the message; an option with its value may stand before */
    private void assertRefused(Path train, Object... optionAndParts) {
        boolean hasOption = optionAndParts[0].toString().startsWith("--");
        List<Object> given = List.of(optionAndParts);
        Path output = work.resolve("model");
        Object[] args = hasOption ? embed(train, output, given.subList(0, 2).toArray()) : embed(train, output);
        String message = CommandRun.of(args).fails();
        for (Object part : hasOption ? given.subList(2, given.size()) : given) {
            assertThat(message).contains(part.toString());
        }
        assertThat(Files.exists(output)).isFalse();
    }

    private static double metric(Path model, String name) throws IOException {
        return JsonFile.read(model.resolve("provenance.json"))
                .at("/metrics/" + name)
                .doubleValue();
    }

    /** Two texts of the same things belong together. */
    private Path pairs(String name, int count, long seed) throws IOException {
        StringBuilder lines = new StringBuilder("text,text_pair\n");
        for (String[] row : Workshop.rows(count, seed)) {
            String[] words = row[0].split(" ");
            lines.append(words[1] + " " + words[4] + ",The " + words[1] + " and the " + words[4] + "\n");
        }
        return file(name, lines.toString());
    }

    /** Of three texts, the one that says what is asked for. */
    private Path queries(String name, int count, long seed) throws IOException {
        StringBuilder lines = new StringBuilder();
        List<String[]> rows = Workshop.rows(count + 2, seed);
        for (int i = 0; i < count; i++) {
            ObjectNode line = new ObjectMapper().createObjectNode().put("query", "good");
            ArrayNode texts = line.putArray("texts");
            ArrayNode labels = line.putArray("labels");
            for (int d = 0; d < 3; d++) {
                texts.add(rows.get(i + d)[0]);
                labels.add(rows.get(i + d)[1].equals("good") ? 1 : 0);
            }
            lines.append(line).append('\n');
        }
        return file(name, lines.toString());
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(work.resolve(name), content);
    }
}
