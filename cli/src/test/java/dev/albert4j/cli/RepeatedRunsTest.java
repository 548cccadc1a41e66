package dev.albert4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.albert4j.io.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several seeds, and several folds. */
class RepeatedRunsTest {
    @TempDir
    Path work;

    @Test
    void aTableHasMeanAndDeviation() throws IOException {
        assertThat(new RepeatedRuns("fold", List.of(1L, 2L, 3L))
                        .table(List.of(Map.of("accuracy", 0.5), Map.of("accuracy", 0.75), Map.of("accuracy", 0.25))))
                .isEqualTo("""
                        fold            accuracy
                        1                 0.5000
                        2                 0.7500
                        3                 0.2500
                        mean              0.5000
                        deviation         0.2500
                        """);
    }

    @Test
    void eachFoldIsHeldOutOnceAndHasEachLabelsShare() {
        List<Integer> numbers = IntStream.range(0, 50).boxed().toList();
        Split.By<Integer> by = new Split.By<>(n -> n % 5 == 0 ? "rare" : "common", Split.By.alone(), n -> n);
        List<Split<Integer>> folds = by.folds(numbers, 4, 7);
        Set<Integer> held = new HashSet<>();
        for (Split<Integer> fold : folds) {
            assertThat(fold.dev()).isSorted().hasSizeBetween(12, 13).noneMatch(fold.train()::contains);
            assertThat(fold.train()).isSorted().hasSize(50 - fold.dev().size());
            assertThat(fold.dev().stream().filter(n -> n % 5 == 0)).hasSizeBetween(2, 3);
            held.addAll(fold.dev());
        }
        assertThat(held).hasSize(50);
        assertThat(by.folds(numbers, 4, 7)).isEqualTo(folds);
        assertThat(by.folds(numbers, 4, 8)).isNotEqualTo(folds);
    }

    @Test
    void whatBelongsTogetherIsNotParted() {
        List<Integer> numbers = IntStream.range(0, 60).boxed().toList();
        Split.By<Integer> by = new Split.By<>(n -> "", n -> n / 6, n -> n);
        for (Split<Integer> fold : by.folds(numbers, 3, 7)) {
            assertThat(fold.dev()).noneMatch(n -> fold.train().stream().anyMatch(other -> other / 6 == n / 6));
        }
        Split<Integer> share = by.share(numbers, 0.3, 7);
        assertThat(share.dev())
                .hasSize(18)
                .noneMatch(n -> share.train().stream().anyMatch(m -> m / 6 == n / 6));
    }

    @Test
    void foldsGiveAModelEachAndAreKeptWhenTheCommandIsGivenAgain() throws IOException {
        Path train = Workshop.csv(work.resolve("train.csv"), 60, 1);
        Object[] args = Workshop.finetune(Workshop.encoder(), train, work.resolve("m"), "--folds=3", "--epochs=1");
        CommandRun first = CommandRun.of(args).succeeds();
        assertThat(first.err()).contains("fold 3", "40 texts to learn from, 20 to evaluate on, labels [bad, good]");
        List<String> table = first.out()
                .lines()
                .toList()
                .subList((int) first.out().lines().count() - 6, (int)
                        first.out().lines().count());
        assertThat(table)
                .extracting(line -> line.split(" ")[0])
                .containsExactly("fold", "1", "2", "3", "mean", "deviation");
        Path second = work.resolve("m/fold-2/model.safetensors");
        Files.setLastModifiedTime(second, FileTime.fromMillis(1000));
        delete(work.resolve("m/fold-3"));

        CommandRun again = CommandRun.of(args).succeeds();
        assertThat(again.err()).contains("fold-1 is finished: kept", "fold-2 is finished: kept", "wrote ");
        assertThat(again.out()).endsWith(String.join("\n", table) + "\n");
        assertThat(Files.getLastModifiedTime(second).toMillis()).isEqualTo(1000);
        assertThat(JsonFile.read(work.resolve("m/fold-3/provenance.json"))
                        .at("/run/developmentData")
                        .asText())
                .startsWith("20 examples with checksum");
    }

    @Test
    void aFinishedSeedOfOtherSettingsOrDataIsRefused() throws IOException {
        Path train = Workshop.csv(work.resolve("train.csv"), 40, 1);
        Object[] options = {"--dev-share=0.25", "--seeds=5", "--epochs=1"};
        CommandRun.of(Workshop.finetune(Workshop.encoder(), train, work.resolve("m"), options))
                .succeeds();
        Object[] longer = {"--dev-share=0.25", "--seeds=5", "--epochs=2"};
        assertThat(lastLine(Workshop.finetune(Workshop.encoder(), train, work.resolve("m"), longer)))
                .contains("seed-5 holds the model of a run with other settings", "epochs 1 there, 2 here");
        Object[] half = {"--dev-share=0.25", "--seeds=5", "--epochs=1", "--fp16"};
        assertThat(lastLine(Workshop.finetune(Workshop.encoder(), train, work.resolve("m"), half)))
                .contains("bits 32 there, 16 here");
        Workshop.csv(train, 40, 2);
        assertThat(lastLine(Workshop.finetune(Workshop.encoder(), train, work.resolve("m"), options)))
                .contains("trainingData", "there", "here", "choose another --output");
        assertThat(lastLine(Workshop.finetune(Workshop.classifier(), train, work.resolve("m"), options)))
                .contains("initialWeights");
    }

    /** A mistake that is found only once the runs have begun. */
    private static String lastLine(Object... args) {
        CommandRun run = CommandRun.of(args);
        assertThat(run.status()).as(run.err()).isEqualTo(2);
        return run.err().lines().reduce((earlier, later) -> later).orElseThrow();
    }

    @Test
    void whatDoesNotGoTogetherIsRefused() throws IOException {
        Path train = Workshop.csv(work.resolve("train.csv"), 20, 1);
        for (Object other : List.of("--seeds=1,2", "--dev-share=0.2", "--dev=" + train)) {
            assertThat(CommandRun.of(
                                    Workshop.finetune(Workshop.encoder(), train, work.resolve("m"), "--folds=3", other))
                            .fails())
                    .contains("--folds takes the place of --dev, --dev-share and --seeds");
        }
        for (int folds : new int[] {-1, 0, 1}) {
            assertThat(CommandRun.of(
                                    Workshop.finetune(Workshop.encoder(), train, work.resolve("m"), "--folds=" + folds))
                            .fails())
                    .contains("--folds " + folds + " is less than 2");
        }
        assertThat(CommandRun.of(Workshop.finetune(Workshop.encoder(), train, work.resolve("m"), "--folds=21"))
                        .fails())
                .contains("--folds 21 is not between 2 and 20");
        assertThat(CommandRun.of(Workshop.finetune(
                                Workshop.encoder(), train, work.resolve("m"), "--dev-share=0.25", "--seeds=5,5"))
                        .fails())
                .contains("--seeds [5, 5] has a seed twice");
        assertThat(Workshop.tree(work)).containsExactly("", "train.csv");
    }

    private static void delete(Path directory) throws IOException {
        for (String name : Workshop.tree(directory).stream()
                .sorted(Comparator.reverseOrder())
                .toList()) {
            Files.delete(directory.resolve(name));
        }
    }
}
