package dev.albert4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.albert4j.io.JsonFile;
import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.ModelDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class CompressCommandTest {
    private static final String TEXT = "The coffee was brilliant.";

    @TempDir
    Path work;

    private Path data() throws IOException {
        return Workshop.csv(work.resolve("dev.csv"), 40, 2);
    }

    private static CommandRun compress(Path output, Object... options) {
        return compress(Workshop.classifier(), output, options);
    }

    private static CommandRun compress(Path model, Path output, Object... options) {
        Object[] args = new Object[4 + options.length];
        System.arraycopy(new Object[] {"compress", model, "--output", output}, 0, args, 0, 4);
        System.arraycopy(options, 0, args, 4, options.length);
        return CommandRun.of(args);
    }

    @Test
    void halfPrecisionAndShardsChangeTheFilesAndNotTheAnswers() throws IOException {
        Path output = work.resolve("small");
        CommandRun run = compress(output, "--fp16", "--max-shard-size", "2KB").succeeds();
        assertThat(run.err()).isEqualTo("wrote " + output + "\n");
        assertThat(run.out().lines().map(line -> line.strip().split("  ")[0]))
                .containsExactly("before", "parameters", "bytes of weights", "latency, ms", "throughput, tokens/s");
        assertThat(run.out()).containsPattern("bytes of weights.*-50\\.0 %");
        assertThat(Workshop.tree(output)).contains("model.safetensors.index.json", "spiece.model", "provenance.json");
        JsonNode before = predict(Workshop.classifier());
        JsonNode after = predict(output);
        assertThat(after.get("label")).isEqualTo(before.get("label"));
        assertThat(after.get("score").asDouble()).isCloseTo(before.get("score").asDouble(), within(0.01));
        // What is stored in 16 bits stays so.
        Path whole = work.resolve("whole");
        compress(output, whole, "--max-shard-size", "1GB").succeeds();
        assertThat(Workshop.tree(whole)).contains("model.safetensors").doesNotContain("model.safetensors.index.json");
        assertThat(JsonFile.read(whole.resolve("config.json")).path("dtype").asText())
                .isEqualTo("float16");
        assertThat(predict(whole)).isEqualTo(after);
    }

    private static JsonNode predict(Path model) {
        return CommandRun.of("predict", model, TEXT).json().get(0);
    }

    @Test
    void aPrunedModelIsOneLikeAnyOther() throws IOException {
        Path output = work.resolve("pruned");
        CommandRun run = compress(output, "--prune-heads", 0.5, "--prune-neurons", 0.25, "--data", data())
                .succeeds();
        assertThat(run.err())
                .contains(
                        "Hugging Face cannot open it: 2 attention heads of size 8 are not as wide as the hidden state, 32");
        assertThat(run.out()).contains("macro f1", "accuracy", "before", "after");
        AlbertConfig config = ModelDirectory.open(output).config();
        assertThat(config.numAttentionHeads()).isEqualTo(2);
        assertThat(config.headSize()).isEqualTo(8);
        assertThat(config.intermediateSize()).isEqualTo(48);
        assertThat(CommandRun.of("inspect", output).succeeds().out()).contains("2 of size 8");
        JsonNode onCpu = predict(output);
        JsonNode onTorch = CommandRun.of("predict", output, TEXT, "--engine", "torch")
                .json()
                .get(0);
        assertThat(onTorch.get("label")).isEqualTo(onCpu.get("label"));
        Path states = work.resolve("states.safetensors");
        Path texts = Files.writeString(work.resolve("in.jsonl"), "{\"text\":\"" + TEXT + "\"}\n");
        CommandRun.of("encode", output, "--input", texts, "--output", states).succeeds();
        assertThat(CommandRun.of("evaluate", output, "--data", data())
                        .succeeds()
                        .out())
                .contains("accuracy");
        Path tuned = work.resolve("tuned");
        CommandRun.of(Workshop.finetune(output, data(), tuned, "--epochs=1")).succeeds();
        assertThat(ModelDirectory.open(tuned).config().attentionSize()).isEqualTo(16);
    }

    @Test
    void aShallowerModelLearnsFromTheWholeOne() throws IOException {
        Path student = work.resolve("student");
        compress(student, "--layers", 1).succeeds();
        assertThat(ModelDirectory.open(student).config().numHiddenLayers()).isEqualTo(1);
        Path output = work.resolve("taught");
        Object[] options = {"--teacher", Workshop.classifier(), "--distill-hidden", 0.1, "--dev", data(), "--epochs=1"};
        CommandRun.of(Workshop.finetune(student, data(), output, options)).succeeds();
        JsonNode provenance = JsonFile.read(output.resolve("provenance.json"));
        assertThat(provenance.at("/config/distillHidden").asDouble()).isEqualTo(0.1);
        assertThat(provenance.at("/run/teacher").asText()).startsWith("checksum ");
        CommandRun.of("predict", output, TEXT).succeeds();
    }

    @Test
    void aTeacherThatDoesNotFitIsRefused() throws IOException {
        Path train = data();
        Path out = work.resolve("out");
        Path other = Files.writeString(work.resolve("other.csv"), "text,label\nfine,yes\npoor,no\n");
        assertThat(CommandRun.of(Workshop.finetune(
                                Workshop.classifier(), other, out, "--teacher", Workshop.classifier()))
                        .fails())
                .contains("labels [bad, good], not a classifier with [no, yes]");
        assertThat(CommandRun.of(Workshop.finetune(
                                Workshop.classifier(), train, out, "--teacher", "../models/sentiment-en"))
                        .fails())
                .contains("--teacher ../models/sentiment-en has another tokenizer", "8000 tokens against 150");
        assertThat(CommandRun.of(Workshop.finetune(Workshop.classifier(), train, out, "--distill-alpha", 0.5))
                        .fails())
                .contains("need --teacher");
        assertThat(CommandRun.of(Workshop.finetune(
                                Workshop.classifier(),
                                train,
                                out,
                                "--teacher",
                                Workshop.classifier(),
                                "--distill-temperature",
                                0))
                        .fails())
                .contains("--distill-temperature 0.0 is not above 0");
        assertThat(out).doesNotExist();
    }

    @Test
    void theProvenanceTellsWhatWasDoneAndWhatItCost() throws IOException {
        Path output = work.resolve("pruned");
        compress(output, "--prune-neurons", 0.5, "--layers", 1, "--data", data())
                .succeeds();
        JsonNode json = JsonFile.read(output.resolve("provenance.json"));
        assertThat(json.at("/command/0").asText()).isEqualTo("compress");
        assertThat(json.at("/parent").asText()).isEqualTo("classifier");
        assertThat(json.at("/config/intermediateSize").asInt()).isEqualTo(32);
        assertThat(json.at("/config/numHiddenLayers").asInt()).isEqualTo(1);
        assertThat(json.at("/data/0/name").asText()).isEqualTo("dev.csv");
        assertThat(json.at("/metrics/after/parameters").asLong())
                .isLessThan(json.at("/metrics/before/parameters").asLong());
        assertThat(json.at("/metrics/before/metrics/accuracy").asDouble()).isGreaterThan(0.9);
    }

    @Test
    void theReportIsAPageWithTheSameTableAndAPlot() throws Exception {
        Path page = work.resolve("report.html");
        CommandRun run = compress(work.resolve("half"), "--fp16", "--data", data(), "--report", page)
                .succeeds();
        Document document =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(page.toFile());
        assertThat(document.getElementsByTagName("circle").getLength()).isEqualTo(2);
        String text = document.getDocumentElement().getTextContent();
        for (String line : run.out().lines().skip(1).toList()) {
            assertThat(text).contains(Arrays.stream(line.strip().split("  +")).toList());
        }
    }

    @Test
    void aDamagedOneIsRefused() throws IOException {
        Path output = work.resolve("small");
        compress(output, "--fp16", "--max-shard-size", "4KB").succeeds();
        Path shard = output.resolve(Workshop.tree(output).stream()
                .filter(name -> name.startsWith("model-00001-of-"))
                .findFirst()
                .orElseThrow());
        byte[] bytes = Files.readAllBytes(shard);
        Files.write(shard, Arrays.copyOf(bytes, bytes.length - 1));
        assertThat(CommandRun.of("predict", output, TEXT).fails()).contains("model-00001-of-");
        assertThat(compress(output, work.resolve("again"), "--fp16").fails()).contains("model-00001-of-");
        Path pruned = work.resolve("pruned");
        compress(pruned, "--prune-heads", 0.25, "--data", data()).succeeds();
        Path config = pruned.resolve("config.json");
        JsonFile.write(config, JsonFile.read(config).put("num_attention_heads", 4));
        assertThat(CommandRun.of("predict", pruned, TEXT).fails())
                .contains("mis-shaped", "[24, 32], expected [32, 32]");
    }

    @Test
    void whatCannotBeDoneIsRefusedWithNothingWritten() throws IOException {
        Path data = data();
        Path out = work.resolve("out");
        List<String> before = Workshop.tree(work);
        assertThat(compress(out).fails()).contains("there is nothing to do", "--fp16", "--prune-heads");
        assertThat(compress(out, "--prune-heads", 0.5).fails()).contains("need --data");
        assertThat(compress(out, "--prune-heads", 1.5, "--data", data).fails())
                .contains("--prune-heads 1.5 is not above 0 and below 1");
        assertThat(compress(out, "--prune-heads", 0.05, "--data", data).fails())
                .contains("--prune-heads 0.05 of 4 is none");
        assertThat(compress(out, "--prune-neurons", 0.999, "--data", data).fails())
                .contains("--prune-neurons 0.999 of 64 is all of them");
        assertThat(compress(out, "--layers", 3).fails()).contains("--layers 3 is not between 1 and the model's 2");
        assertThat(compress(out, "--max-shard-size", "2XB").fails()).contains("--max-shard-size \"2XB\" is no size");
        assertThat(compress(data, "--fp16").fails()).contains("dev.csv: is a file");
        assertThat(compress(Workshop.scratch(), out, "--fp16").fails()).contains("scratch: holds none of");
        assertThat(compress(Workshop.encoder(), out, "--prune-heads", 0.5, "--data", data)
                        .fails())
                .contains("encoder has no head");
        assertThat(compress(out, "--fp16", "--data", work.resolve("none.csv")).fails())
                .contains("none.csv");
        Path wrong = Files.writeString(work.resolve("wrong.csv"), "text,label\nfine,unknown\n");
        assertThat(compress(out, "--fp16", "--data", wrong).fails()).contains("unknown");
        Files.delete(wrong);
        assertThat(Workshop.tree(work)).isEqualTo(before);
    }

    @Test
    void aModelInEightBitsAnswersAlikeOnEveryEngine() throws IOException {
        Path output = work.resolve("int8");
        CommandRun run =
                compress(output, "--quantize", "int8", "--data", data()).succeeds();
        assertThat(run.out()).containsPattern("bytes of weights.*-[5-7]\\d\\.\\d %");
        assertThat(ModelDirectory.open(output).weights().int8Names()).isNotEmpty();
        JsonNode whole = predict(Workshop.classifier());
        for (String engine : List.of("int8", "cpu", "torch", "onnx")) {
            JsonNode answer = CommandRun.of("predict", output, TEXT, "--engine", engine)
                    .json()
                    .get(0);
            assertThat(answer.get("label")).as(engine).isEqualTo(whole.get("label"));
            assertThat(answer.get("score").asDouble())
                    .as(engine)
                    .isCloseTo(whole.get("score").asDouble(), within(0.05));
        }
        assertThat(predict(output).get("label")).isEqualTo(whole.get("label"));
        CommandRun.of("evaluate", output, "--data", data()).succeeds();
        Path again = work.resolve("again");
        compress(output, again, "--max-shard-size", "2KB").succeeds();
        Path pruned = work.resolve("pruned");
        compress(output, pruned, "--prune-neurons", 0.25, "--data", data()).succeeds();
        for (Path smaller : List.of(again, pruned)) {
            assertThat(ModelDirectory.open(smaller).weights().int8Names())
                    .isEqualTo(ModelDirectory.open(output).weights().int8Names());
        }
    }

    @Test
    void optionsOfQuantizationThatMakeNoSenseAreRefused() throws IOException {
        Path output = work.resolve("none");
        assertThat(compress(output, "--quantize", "int4").fails())
                .contains("--quantize int4 is unknown; there is int8");
        assertThat(compress(output, "--quantize", "int8", "--max-drop", 1).fails())
                .contains("--max-drop 1.0 goes with --quantize and --data, and is not negative");
        assertThat(output).doesNotExist();
    }
}
