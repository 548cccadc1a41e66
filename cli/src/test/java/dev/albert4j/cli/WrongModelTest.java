package dev.albert4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.albert4j.io.JsonFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that are damaged, contradict themselves, or are not there. */
class WrongModelTest {
    private static final List<List<String>> VERBS = List.of(
            List.of("predict", "text"),
            List.of("tokenize"),
            List.of("inspect"),
            List.of("evaluate", "--data", "none.csv"));

    @TempDir
    Path work;

    @Test
    void aNameThatIsNoModel() {
        for (String model : List.of("none", "../../etc", "..", "", "/none", "sentiment-en/../../x", "a\0b")) {
            for (List<String> verb : VERBS) {
                assertThat(refused(model, verb)).startsWith("albert " + verb.get(0) + ": ");
            }
        }
        assertThat(refused("none", VERBS.get(0)))
                .contains("no model \"none\"", "neither a directory nor one of the shipped models");
    }

    @Test
    void aPathThatIsNoModelDirectory() throws IOException {
        Path file = Files.writeString(work.resolve("model.txt"), "hello");
        assertThat(refused(file.toString(), VERBS.get(0))).contains("not a directory", "model.txt");
        assertThat(refused(file.toString(), VERBS.get(2))).contains("not a directory", "model.txt");
        for (List<String> verb : VERBS) {
            assertThat(refused("/etc", verb)).contains("/etc");
        }
        assertThat(refused(work.toString(), VERBS.get(1))).contains("holds no tokenizer", "spiece.model");
    }

    @Test
    void aTruncatedFileOfWeights() throws IOException {
        Path model = Workshop.copy(Workshop.classifier(), work.resolve("model"));
        Path weights = model.resolve("model.safetensors");
        try (FileChannel channel = FileChannel.open(weights, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() / 2);
        }
        assertEveryUserRefuses(model, "model.safetensors");
        assertThat(refused(model.toString(), List.of("inspect"))).contains("it is truncated");
        Files.write(weights, new byte[0]);
        assertEveryUserRefuses(model, "model.safetensors");
        Files.write(weights, "{\"not\":\"tensors\"}".getBytes(StandardCharsets.UTF_8));
        assertEveryUserRefuses(model, "model.safetensors");
    }

    @Test
    void noWeightsAtAll() throws IOException {
        assertThat(refused(Workshop.scratch().toString(), VERBS.get(0)))
                .contains("scratch: holds none of", "model.safetensors");
    }

    @Test
    void aConfigurationThatContradictsTheWeights() throws IOException {
        Path model = changed(config -> config.put("intermediate_size", 80).put("embedding_size", 8));
        String error = refused(model.toString(), VERBS.get(0));
        assertThat(error)
                .contains("model.safetensors")
                .contains("word_embeddings.weight", "position_embeddings.weight", "ffn.weight", "ffn_output.weight")
                .contains("[150, 16]", "[150, 8]");
        assertThat(refused(model.toString(), List.of("inspect"))).contains("[150, 16]", "[150, 8]");
        assertThat(finetune(model)).contains("ffn.weight", "word_embeddings.weight");
    }

    @Test
    void aConfigurationThatContradictsItself() throws IOException {
        Path model = changed(config -> config.put("num_attention_heads", 5));
        assertEveryUserRefuses(model, "config.json", "32", "5");
    }

    @Test
    void anUnknownActivation() throws IOException {
        Path model = changed(config -> config.put("hidden_act", "swish"));
        assertEveryUserRefuses(model, "config.json", "hidden_act", "swish", "gelu");
    }

    @Test
    void anotherKindOfModel() throws IOException {
        assertEveryUserRefuses(changed(config -> config.put("model_type", "bert")), "config.json", "bert", "albert");
    }

    @Test
    void aConfigurationThatIsNotJson() throws IOException {
        Path model = Workshop.copy(Workshop.classifier(), work.resolve("model"));
        Files.writeString(model.resolve("config.json"), "{\n \"hidden_size\": \n");
        assertEveryUserRefuses(model, "config.json", "not valid JSON");
        Files.delete(model.resolve("config.json"));
        assertEveryUserRefuses(model, "config.json");
    }

    @Test
    void aMissingTokenizer() throws IOException {
        Path model = Workshop.copy(Workshop.classifier(), work.resolve("model"), "spiece.model", "tokenizer.json");
        assertThat(refused(model.toString(), VERBS.get(0))).contains("no tokenizer", "spiece.model", "vocab.txt");
        assertThat(finetune(model)).contains("no tokenizer");
        assertThat(refused(model.toString(), VERBS.get(1))).contains("holds no tokenizer");
    }

    @Test
    void aDamagedTokenizer() throws IOException {
        Path model = Workshop.copy(Workshop.classifier(), work.resolve("model"));
        Files.writeString(model.resolve("spiece.model"), "this is no protocol buffer");
        assertThat(refused(model.toString(), VERBS.get(0))).contains("spiece.model");
        assertThat(refused(model.toString(), VERBS.get(1))).contains("spiece.model");
    }

    @Test
    void aTokenizerLargerThanTheVocabularyOfTheModel() throws IOException {
        Path model = Workshop.copy(Workshop.scratch(), work.resolve("model"));
        ObjectNode config = JsonFile.read(model.resolve("config.json"));
        JsonFile.write(model.resolve("config.json"), config.put("vocab_size", 100));
        assertThat(finetune(model)).contains("tokenizer has 150 tokens", "vocab_size is 100");
        Path input = Files.writeString(work.resolve("in.jsonl"), "{\"text\":\"fine\"}\n");
        assertThat(CommandRun.of("encode", model, "--input", input, "--output", work.resolve("out"))
                        .fails())
                .contains("in.jsonl line 1", "150 tokens", "vocab_size is 100");
    }

    private static String refused(String model, List<String> verb) {
        Object[] args = new Object[verb.size() + 1];
        args[0] = verb.get(0);
        args[1] = model;
        for (int i = 1; i < verb.size(); i++) {
            args[i + 1] = verb.get(i);
        }
        return CommandRun.withInput("text\n", args).fails();
    }

    private String finetune(Path model) throws IOException {
        Path train = Workshop.csv(work.resolve("train.csv"), 10, 1);
        List<String> before = Workshop.tree(work);
        String error = CommandRun.of(Workshop.finetune(model, train, work.resolve("tuned")))
                .fails();
        assertThat(Workshop.tree(work)).isEqualTo(before);
        return error;
    }

    private void assertEveryUserRefuses(Path model, String... parts) throws IOException {
        assertThat(refused(model.toString(), VERBS.get(0))).contains(parts);
        assertThat(finetune(model)).contains(parts);
        List<String> before = Workshop.tree(work);
        assertThat(CommandRun.of("convert", model, work.resolve("converted")).fails())
                .isNotEmpty();
        assertThat(Workshop.tree(work)).isEqualTo(before);
    }

    private Path changed(Consumer<ObjectNode> change) throws IOException {
        Path model = Workshop.copy(Workshop.classifier(), work.resolve("model"));
        ObjectNode config = JsonFile.read(model.resolve("config.json"));
        change.accept(config);
        JsonFile.write(model.resolve("config.json"), config);
        return model;
    }
}
