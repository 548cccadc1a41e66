package dev.albert4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Options without sense, and places that cannot be written. */
class WrongOptionTest {
    @TempDir
    Path work;

    private Path train = Path.of("");

    @BeforeEach
    void writeData() throws IOException {
        train = Workshop.csv(work.resolve("train.csv"), 20, 1);
    }

    @ParameterizedTest
    @CsvSource({
        "--epochs, 0, epochs 0",
        "--epochs, -3, epochs -3",
        "--epochs, 1.5, 1.5",
        "--epochs, 99999999999, 99999999999",
        "--batch-size, 0, --batch-size 0",
        "--batch-size, many, many",
        "--max-length, 2, --max-length 2",
        "--max-length, 49, 48",
        "--max-length, 2147483647, 48",
        "--learning-rate, -1, --learning-rate -1",
        "--learning-rate, NaN, NaN",
        "--learning-rate, Infinity, Infinity",
        "--learning-rate, 1e9, 1.0E9",
        "--warmup-ratio, 1.5, --warmup-ratio 1.5",
        "--weight-decay, -0.1, --weight-decay -0.1",
        "--max-grad-norm, -1, --max-grad-norm -1",
        "--max-grad-norm, NaN, NaN",
        "--label-smoothing, 2, --label-smoothing 2",
        "--word-dropout, -1, --word-dropout -1",
        "--word-removal, 7, --word-removal 7",
        "--dropout, 1.1, --dropout 1.1",
        "--attention-dropout, NaN, NaN",
        "--classifier-dropout, -1, --classifier-dropout -1",
        "--evaluate-every, -1, --evaluate-every -1",
        "--optimizer, sgd, 'ADAMW, LAMB'",
        "--schedule, step, 'LINEAR, COSINE, CONSTANT'",
        "--freeze, head, 'NONE, EMBEDDINGS, ENCODER'",
        "--head-learning-rate, -1, --head-learning-rate -1",
        "--head-learning-rate, NaN, NaN",
        "--patience, -1, --patience -1",
        "--patience, 3, --dev FILE or --dev-share R",
        "--layer-decay, 1.5, --layer-decay 1.5 is not between 0.0 and 1.0",
        "--class-weights, even, '--class-weights \"even\" is neither balanced nor label=weight'",
        "--class-weights, good=0, '--class-weights \"good=0\" is neither'",
        "--tune-thresholds, label, --tune-thresholds LABEL needs --task multi-label",
        "--tune-thresholds, some, 'NONE, LABEL, GLOBAL'",
        "--quantize, int4, 'NONE, INT8'",
        "--folds, 1, --folds 1 is less than 2",
        "--folds, 2.5, 2.5",
        "--preset, albert-v3, albert-v1 and albert-v2",
        "--seeds, '1,2', --dev or --dev-share",
        "--seeds, '1,x', x",
        "--tensorboard, /proc/events, /proc/events",
        "--threads, -1, -1",
        "--threads, 1000000, 1000000",
        "--seed, x, x",
        "--metric, loss, 'macro_f1, accuracy'",
        "--dev-share, 1, --dev-share 1",
        "--dev-share, -0.1, --dev-share -0.1",
        "--dev-share, NaN, NaN",
        "--dev-share, 0.001, --dev-share 0.001",
        "--task, telepathy, classification",
        "--label-names, good, --label-names",
        "--no-such-option, 1, --no-such-option",
    })
    void aValueOfFinetuneThatMakesNoSenseIsNamed(String option, String value, String part) throws IOException {
        List<Object> args = new ArrayList<>(List.of("finetune", "--model", Workshop.encoder(), "--train", train));
        args.addAll(List.of("--output", work.resolve("model"), option, value));
        if (!option.equals("--task")) {
            args.addAll(List.of("--task", "classification"));
        }
        assertThat(CommandRun.of(args.toArray()).fails())
                .startsWith("albert finetune: ")
                .contains(part);
        assertThat(Workshop.tree(work)).containsExactly("", "train.csv");
    }

    @ParameterizedTest
    @CsvSource({
        "predict, --top-k, 0, --top-k 0",
        "predict, --batch-tokens, -5, --batch-tokens -5",
        "predict, --threads, 0, --threads 0",
        "predict, --threads, 99999, --threads 99999",
        "predict, --engine, gpu, 'cpu, int8, torch and onnx'",
        "tokenize, --max-length, 0, maxLength 0",
        "tokenize, --max-length, 1, 1",
        "tokenize, --stride, 3, --max-length",
        "tokenize, --truncation, both, 'longest-first, only-first, only-second'",
        "inspect, --verbose, 1, --verbose",
    })
    void aValueOfAnotherVerbThatMakesNoSenseIsNamed(String verb, String option, String value, String part) {
        assertThat(CommandRun.withInput("text\n", verb, Workshop.classifier(), option, value)
                        .fails())
                .startsWith("albert " + verb + ": ")
                .contains(part);
    }

    @Test
    void windowsThatDoNotAdvanceAreRefused() {
        for (int stride : new int[] {-1, 6, 8, 2147483647}) {
            assertThat(CommandRun.withInput(
                                    "The film was fine and the hotel too.\n",
                                    "tokenize",
                                    Workshop.encoder(),
                                    "--max-length=8",
                                    "--stride",
                                    stride)
                            .fails())
                    .contains(Integer.toString(stride));
        }
    }

    @Test
    void aSettingOfTheFileThatIsUnknownOrWrongIsNamed() throws IOException {
        for (String[] wrong : new String[][] {
            {"{\"epochs\": 2, \"bachSize\": 8}", "bachSize"},
            {"{\"epochs\": -2}", "epochs -2"},
            {"{\"epochs\": \"two\"}", "two"},
            {"{\"epochs\": null}", "epochs is null"},
            {"{\"schedule\": \"STEP\"}", "STEP"},
            {"[1]", "settings.json"},
            {"{\"epochs\": ", "settings.json"},
            {"", "settings.json"},
        }) {
            Path config = Files.writeString(work.resolve("settings.json"), wrong[0]);
            assertThat(CommandRun.of(Workshop.finetune(
                                    Workshop.encoder(), train, work.resolve("model"), "--config", config))
                            .fails())
                    .contains(wrong[1]);
            assertThat(Workshop.tree(work)).containsExactly("", "settings.json", "train.csv");
        }
        assertThat(CommandRun.of(Workshop.finetune(
                                Workshop.encoder(),
                                train,
                                work.resolve("model"),
                                "--config",
                                work.resolve("none.json")))
                        .fails())
                .contains("none.json");
    }

    @Test
    void developmentTextsAreGivenOneWay() {
        assertThat(CommandRun.of(Workshop.finetune(
                                Workshop.encoder(), train, work.resolve("m"), "--dev", train, "--dev-share", 0.1))
                        .fails())
                .contains("--dev and --dev-share exclude each other");
    }

    @Test
    void anOutputThatCannotBeWrittenIsRefusedBeforeTheWork() throws IOException {
        Path notes = Files.createDirectories(work.resolve("notes"));
        Files.writeString(notes.resolve("mine.txt"), "mine");
        List<String> before = Workshop.tree(work);
        for (Path output :
                List.of(notes, train, train.resolve("model"), Path.of("/proc/model"), Path.of("/proc/a/b"))) {
            assertThat(CommandRun.of(Workshop.finetune(Workshop.encoder(), train, output))
                            .fails())
                    .contains(output.toString());
            assertThat(Workshop.tree(work)).isEqualTo(before);
        }
        Path input = Files.writeString(work.resolve("in.jsonl"), "{\"ids\":[2,3]}\n");
        for (Path output : List.of(notes, Path.of("/proc/out"), work.resolve("none/out"), train.resolve("out"))) {
            assertThat(CommandRun.of("encode", Workshop.encoder(), "--input", input, "--output", output)
                            .fails())
                    .contains(output.toString());
        }
    }

    @Test
    void missingPartsAreAskedFor() {
        assertThat(CommandRun.of().fails()).contains("a verb is missing");
        assertThat(CommandRun.of("finetun").fails()).contains("no verb \"finetun\"", "quickstart, predict");
        assertThat(CommandRun.of("finetune").fails()).contains("--task", "--model", "--train", "--output");
        assertThat(CommandRun.of("predict").fails()).contains("MODEL");
        assertThat(CommandRun.of("convert", "a").fails()).contains("OUT");
        assertThat(CommandRun.of("inspect", Workshop.encoder(), "more").fails()).contains("more");
    }
}
