package dev.albert4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.io.DataType;
import dev.albert4j.io.JsonFile;
import dev.albert4j.io.Safetensors;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.ModelDirectory;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FinetuneCommandTest {
    @TempDir
    Path work;

    @Test
    void aModelTrainedInEightBitsIsStoredSoAndKeepsItsFigures() throws IOException {
        Path texts = Files.write(work.resolve("texts.txt"), Workshop.corpus().subList(0, 100));
        Path output = work.resolve("model");
        Object[] options = {"--task", "fill-mask", "--dev", texts, "--quantize", "int8", "--epochs=1"};
        CommandRun run = CommandRun.of(Workshop.finetune(Workshop.encoder(), texts, output, options))
                .succeeds();
        AlbertWeights weights = ModelDirectory.open(output).weights();
        assertThat(weights.int8Names()).isEqualTo(weights.quantized().int8Names());
        ObjectNode provenance = JsonFile.read(output.resolve("provenance.json"));
        assertThat(provenance.at("/config/quantize").textValue()).isEqualTo("INT8");
        double trained = perplexity(run);
        double inFloats = Math.abs(perplexity(evaluate(output, texts, "--engine=cpu")) - trained);
        assertThat(inFloats).isPositive(); // what it multiplies is not rounded
        for (CommandRun inEightBits :
                List.of(evaluate(output, texts, "--engine=int8"), evaluate(output, texts, "--threads=1"))) {
            assertThat(perplexity(inEightBits)).isCloseTo(trained, within(inFloats / 3));
        }
    }

    private static CommandRun evaluate(Path model, Path texts, String option) {
        return CommandRun.of("evaluate", model, "--data", texts, option).succeeds();
    }

    private static double perplexity(CommandRun run) {
        return Double.parseDouble(run.out().strip().split("\\s+")[1]);
    }

    @Test
    void eightBitsAreNotTrainedInSixteen() throws IOException {
        Path train = Workshop.csv(work.resolve("train.csv"), 20, 1);
        Path output = work.resolve("model");
        Object[] options = {"--quantize=int8", "--precision=bf16"};
        assertThat(CommandRun.of(Workshop.finetune(Workshop.scratch(), train, output, options))
                        .fails())
                .contains("--quantize INT8 needs the precision FP32, not BF16");
    }

    @Test
    void labelsMayBeProbabilities() throws IOException {
        List<String> lines = new ArrayList<>();
        ObjectMapper json = new ObjectMapper();
        for (String[] row : Workshop.rows(200, 1)) {
            ObjectNode line = json.createObjectNode().put("text", row[0]);
            boolean good = row[1].equals("good");
            line.putObject("label").put("g", good ? 0.8 : 0.2).put("b", good ? 0.2 : 0.8);
            lines.add(line.toString());
        }
        Path train = Files.write(work.resolve("train.jsonl"), lines);
        Path dev = Workshop.csv(work.resolve("dev.csv"), 60, 2);
        Path output = work.resolve("model");
        Object[] options = {"--label-names", "g=good,b=bad", "--epochs=12"
        }; // the last weights, not the first that are right
        CommandRun.of(Workshop.finetune(Workshop.scratch(), train, output, options))
                .succeeds();
        String rows =
                CommandRun.of("evaluate", output, "--data", dev).succeeds().out();
        assertThat(rows).contains("good", "bad");
        // Sure of 0.8, it was never told to be surer.
        double sum = 0;
        int count = 0;
        for (String[] row : Workshop.rows(40, 3)) {
            double score = CommandRun.of("predict", output, row[0])
                    .json()
                    .get(0)
                    .get("score")
                    .doubleValue();
            sum += score;
            count++;
        }
        assertThat(sum / count).isBetween(0.7, 0.87);

        Files.write(train, List.of("{\"text\":\"a\",\"label\":{\"good\":0.5,\"bad\":0.4}}"));
        assertThat(CommandRun.of(Workshop.finetune(Workshop.scratch(), train, work.resolve("none")))
                        .fails())
                .contains("line 1", "add up to 0.9, not 1");
    }

    @Test
    void aModelFromScratchLearnsAndSaysWhatItReached() throws IOException {
        Path train = Workshop.csv(work.resolve("train.csv"), 200, 1);
        Path dev = Workshop.csv(work.resolve("dev.csv"), 60, 2);
        Path output = work.resolve("a").resolve("b").resolve("model");
        CommandRun run = CommandRun.of(Workshop.finetune(Workshop.scratch(), train, output, "--dev", dev))
                .succeeds();
        assertThat(run.out()).contains("precision", "macro avg", "confusion matrix");
        assertThat(run.err())
                .contains(
                        "training from scratch",
                        "200 texts to learn from, 60 to evaluate on, labels [bad, good]",
                        "epoch 4: macro F1",
                        "wrote " + output);
        assertThat(run.err().lines().count()).as(run.err()).isLessThan(12);
        assertThat(Workshop.tree(work.resolve("a").resolve("b")))
                .containsExactly(
                        "",
                        "model",
                        "model/config.json",
                        "model/log.jsonl",
                        "model/model.safetensors",
                        "model/provenance.json",
                        "model/report.html",
                        "model/spiece.model",
                        "model/tokenizer.json",
                        "model/tokenizer_config.json");
        assertThat(JsonFile.read(output.resolve("tokenizer_config.json"))
                        .path("model_max_length")
                        .intValue())
                .isEqualTo(ModelDirectory.open(output).config().maxPositionEmbeddings());
        ObjectNode provenance = JsonFile.read(output.resolve("provenance.json"));
        assertThat(provenance.at("/metrics/macro_f1").doubleValue()).isGreaterThan(0.9);
        assertThat(provenance.at("/data/0/name").textValue()).isEqualTo("train.csv");
        assertThat(provenance.at("/data/1/name").textValue()).isEqualTo("dev.csv");
        assertThat(provenance.at("/config/batchSize").intValue()).isEqualTo(16);
        assertThat(provenance.at("/command/0").textValue()).isEqualTo("finetune");
        assertThat(ModelDirectory.open(output).config().labels()).isEqualTo(Workshop.LABELS);
        assertThat(output.resolve("report.html"))
                .content()
                .contains("training loss", "best ", "Confusion matrix", "200 texts to learn from", "--dev");
    }

    @Test
    void everyKindOfFileGivesTheSameModel() throws IOException {
        List<String[]> rows = Workshop.rows(40, 5);
        StringBuilder csv = new StringBuilder("label,text\r\n");
        StringBuilder tsv = new StringBuilder("text\tlabel\n");
        StringBuilder json = new StringBuilder();
        for (String[] row : rows) {
            csv.append(row[1]).append(",\"").append(row[0]).append("\"\r\n");
            tsv.append(row[0]).append('\t').append(row[1]).append('\n');
            ObjectNode node = new ObjectMapper().createObjectNode();
            json.append(node.put("text", row[0]).put("label", row[1])).append('\n');
        }
        byte[] expected = train(Files.writeString(work.resolve("a.csv"), csv));
        assertThat(train(Files.writeString(work.resolve("a.tsv"), tsv))).isEqualTo(expected);
        assertThat(train(Files.writeString(work.resolve("a.jsonl"), json))).isEqualTo(expected);
        Path packed = work.resolve("b.csv.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write(csv.toString().getBytes(StandardCharsets.UTF_8));
        }
        assertThat(train(packed)).isEqualTo(expected);
    }

    private byte[] train(Path data) throws IOException {
        Path output = work.resolve(data.getFileName() + ".model");
        CommandRun.of(Workshop.finetune(Workshop.encoder(), data, output, "--epochs=1"))
                .succeeds();
        return Files.readAllBytes(output.resolve("model.safetensors"));
    }

    @Test
    void aShareOfTheTextsCanBeHeldOut() throws IOException {
        Path train = Workshop.csv(work.resolve("train.csv"), 100, 1);
        CommandRun run = CommandRun.of(
                        Workshop.finetune(Workshop.encoder(), train, work.resolve("model"), "--dev-share", 0.2))
                .succeeds();
        assertThat(run.err()).contains("80 texts to learn from, 20 to evaluate on");
        assertThat(run.out()).contains("accuracy");
    }

    @Test
    void aTrainedModelLearnsOnAndKeepsItsHeadForTheSameLabels() throws IOException {
        Path train = Workshop.csv(work.resolve("train.csv"), 40, 7);
        Path dev = Workshop.csv(work.resolve("dev.csv"), 60, 8);
        CommandRun run = CommandRun.of(Workshop.finetune(
                        Workshop.classifier(),
                        train,
                        work.resolve("model"),
                        "--dev",
                        dev,
                        "--learning-rate=1e-9",
                        "--epochs=1"))
                .succeeds();
        assertThat(run.err()).doesNotContain("from scratch").contains("epoch 1: macro F1 1.0000");
    }

    @Test
    void labelsCanBeGivenNames() throws IOException {
        List<String> lines = new ArrayList<>(List.of("review,stars"));
        Workshop.rows(40, 1).forEach(row -> lines.add(row[0] + "," + (row[1].equals("good") ? "1" : "0")));
        Path train = Files.write(work.resolve("train.csv"), lines);
        Object[] named = Workshop.finetune(
                Workshop.encoder(),
                train,
                work.resolve("model"),
                "--columns",
                "text=review,label=stars",
                "--label-names",
                "0=negative,1=positive");
        CommandRun.of(named).succeeds();
        assertThat(ModelDirectory.open(work.resolve("model")).config().labels())
                .containsExactly("negative", "positive");
        String error = CommandRun.of(Workshop.finetune(
                        Workshop.encoder(),
                        train,
                        work.resolve("other"),
                        "--columns",
                        "text=review,label=stars",
                        "--label-names",
                        "1=positive"))
                .fails();
        assertThat(error).contains("train.csv line 2", "label \"0\"", "--label-names");
    }

    @Test
    void sixteenBitsHalveTheSizeAndPredictTheSame() throws IOException {
        Path train = Workshop.csv(work.resolve("train.csv"), 60, 1);
        CommandRun.of(Workshop.finetune(Workshop.encoder(), train, work.resolve("full")))
                .succeeds();
        CommandRun.of(Workshop.finetune(Workshop.encoder(), train, work.resolve("half"), "--fp16"))
                .succeeds();
        long full = Files.size(work.resolve("full/model.safetensors"));
        assertThat(Files.size(work.resolve("half/model.safetensors"))).isBetween(full * 45 / 100, full * 60 / 100);
        try (Safetensors half = Safetensors.open(work.resolve("half/model.safetensors"))) {
            assertThat(half.tensors().values()).allMatch(tensor -> tensor.dataType() == DataType.F16);
        }
        String text = "The museum was lovely.";
        double a = CommandRun.of("predict", work.resolve("full"), text)
                .json()
                .get(0)
                .at("/scores/good")
                .doubleValue();
        double b = CommandRun.of("predict", work.resolve("half"), text)
                .json()
                .get(0)
                .at("/scores/good")
                .doubleValue();
        assertThat(b).isCloseTo(a, within(0.01));
    }

    @Test
    void settingsComeFromAFileAndOptionsGoBeforeIt() throws IOException {
        Path train = Workshop.csv(work.resolve("train.csv"), 40, 1);
        Path config = Files.writeString(
                work.resolve("settings.json"),
                "{\"epochs\": 2, \"batchSize\": 8, \"learningRate\": 0.001, \"schedule\": \"CONSTANT\"}");
        CommandRun.of(Workshop.finetune(
                        Workshop.encoder(), train, work.resolve("model"), "--config", config, "--batch-size", 10))
                .succeeds();
        ObjectNode used = JsonFile.read(work.resolve("model/provenance.json"));
        assertThat(used.at("/config/epochs").intValue()).isEqualTo(2);
        assertThat(used.at("/config/batchSize").intValue()).isEqualTo(10);
        assertThat(used.at("/config/schedule").textValue()).isEqualTo("CONSTANT");
        assertThat(used.at("/config/maxLength").intValue()).isEqualTo(Workshop.MAX_LENGTH);
    }

    @Test
    void aModelLearnsToReadLongerTextsThanItCould() throws IOException {
        Path train = Workshop.csv(work.resolve("train.csv"), 40, 1);
        Path output = work.resolve("model");
        int longest = 2 * Workshop.MAX_LENGTH + 1;
        CommandRun.of(Workshop.finetune(
                        Workshop.encoder(), train, output, "--max-length", longest, "--repeat-positions", 40))
                .succeeds();
        assertThat(JsonFile.read(output.resolve("config.json"))
                        .get("max_position_embeddings")
                        .intValue())
                .isEqualTo(longest);
        String text = "great film ".repeat(Workshop.MAX_LENGTH);
        assertThat(CommandRun.of("predict", output, text).json().get(0).has("scores"))
                .isTrue();

        CommandRun.of(Workshop.finetune(
                        Workshop.encoder(), train, output, "--max-length", 20, "--repeat-positions", 10))
                .succeeds();
        assertThat(JsonFile.read(output.resolve("config.json"))
                        .get("max_position_embeddings")
                        .intValue())
                .isEqualTo(Workshop.MAX_LENGTH);

        for (int wrong : new int[] {0, Workshop.MAX_LENGTH + 1}) {
            assertThat(CommandRun.of(Workshop.finetune(
                                    Workshop.encoder(), train, output, "--max-length=97", "--repeat-positions", wrong))
                            .fails())
                    .contains("--repeat-positions " + wrong + " is not between 1 and " + Workshop.MAX_LENGTH);
        }
        assertThat(CommandRun.of(Workshop.finetune(Workshop.encoder(), train, output, "--repeat-positions", 48))
                        .fails())
                .contains("--max-length is 48");
    }

    @Test
    void quotesCommasAndLineBreaksInFieldsAreText() throws IOException {
        StringBuilder csv = new StringBuilder("text,label\n");
        for (int i = 0; i < 20; i++) {
            csv.append("\"a \"\"great\"\" film,\nno ").append(i).append("\",good\n\"dull,\r\nno\",bad\n");
        }
        Path train = Files.writeString(work.resolve("train.csv"), csv);
        CommandRun run = CommandRun.of(Workshop.finetune(Workshop.encoder(), train, work.resolve("model")))
                .succeeds();
        assertThat(run.err()).contains("40 texts to learn from, 0 to evaluate on, labels [bad, good]");
    }

    @Test
    void aLineOfTenMegabytesIsLearntFrom() throws IOException {
        String text = "great film ".repeat(1_000_000);
        Path train = Files.writeString(
                work.resolve("train.tsv"), "text\tlabel\n" + text + "\tgood\ndull\tbad\nfine\tgood\npoor\tbad\n");
        CommandRun.of(Workshop.finetune(Workshop.encoder(), train, work.resolve("model")))
                .succeeds();
    }

    @Test
    void anExistingModelIsReplacedAndNotesBesideItStay() throws IOException {
        Path train = Workshop.csv(work.resolve("train.csv"), 40, 1);
        Path output = Workshop.copy(Workshop.classifier(), work.resolve("model"));
        Files.writeString(output.resolve("notes.txt"), "mine");
        byte[] before = Files.readAllBytes(output.resolve("model.safetensors"));
        CommandRun.of(Workshop.finetune(Workshop.encoder(), train, output)).succeeds();
        assertThat(Files.readAllBytes(output.resolve("model.safetensors"))).isNotEqualTo(before);
        assertThat(output.resolve("notes.txt")).hasContent("mine");
        assertThat(Workshop.tree(work)).noneMatch(name -> name.contains(".old") || name.contains(".part"));
    }
}
