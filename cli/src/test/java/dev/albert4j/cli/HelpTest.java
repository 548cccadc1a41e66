package dev.albert4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.albert4j.train.TrainConfig;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The help, and the verbs and options that scripts rely on: whoever takes one away changes this test on purpose. */
class HelpTest {
    private static final String ENGINE = "--engine --threads";
    private static final Map<String, String> VERBS = Map.ofEntries(
            Map.entry("quickstart", "--output"),
            Map.entry("predict", "--batch-tokens --explain --patience --threshold --top-k " + ENGINE),
            Map.entry(
                    "evaluate", "--batch-tokens --columns --data --patience --report --skip-bad --threshold " + ENGINE),
            Map.entry(
                    "finetune",
                    "--attention-dropout --batch-size --classifier-dropout --columns --config --dev --dev-share --dropout"
                            + " --epochs --evaluate-every --fp16 --label-names --label-smoothing --learning-rate --max-grad-norm"
                            + " --max-length --metric --model --output --seed --skip-bad --task --threads --train --warmup-ratio"
                            + " --weight-decay --word-dropout --word-removal --preset --optimizer --schedule --head-learning-rate --freeze"
                            + " --pooling --normalize --temperature --group-size --teacher --distill-alpha --distill-temperature --distill-hidden --sparsity --early-exit"
                            + " --quantize --patience --tensorboard --seeds --folds --class-weights --layer-decay --tune-thresholds"
                            + " --precision --device --repeat-positions"),
            Map.entry(
                    "pretrain",
                    "--attention-dropout --batch-size --checkpoint-minutes --config --corpus --dev-share --dropout --epochs"
                            + " --evaluate-every --fp16 --hours --init --learning-rate --masked-lm-prob --max-grad-norm --max-length"
                            + " --max-predictions --micro-batch-tokens --minutes --ngram --no-sop --one-sentence-a-line --optimizer"
                            + " --output --preset --repeat-positions --schedule --seed --short-seq-prob --steps --tensorboard --threads --tokens"
                            + " --precision --device --processes --rank --ranks --master --warmup-ratio --weight-decay"),
            Map.entry("tokenize", "--max-length --no-special --recognize-special --stride --truncation --whole-text"),
            Map.entry("encode", "--all-layers --input --output " + ENGINE),
            Map.entry("train-tokenizer", "--character-coverage --corpus --output --type --vocab-size"),
            Map.entry(
                    "compress",
                    "--columns --data --fp16 --layers --max-drop --max-shard-size --output --prune-heads --prune-neurons --quantize --report --skip-bad "
                            + ENGINE),
            Map.entry("convert", ""),
            Map.entry("export", "--format --output --precision"),
            Map.entry("inspect", "--parameters"),
            Map.entry("bench", "--tokens " + ENGINE));

    @Test
    void theVerbsAndTheirOptionsAreThese() {
        Map<String, CommandLine> verbs = Albert.commandLine("").getSubcommands();
        assertThat(verbs.keySet()).containsExactlyInAnyOrderElementsOf(VERBS.keySet());
        verbs.forEach((verb, command) -> {
            String options = VERBS.getOrDefault(verb, "");
            CommandSpec spec = command.getCommandSpec();
            List<String> names = spec.options().stream()
                    .filter(option -> !option.usageHelp() && !option.versionHelp())
                    .map(OptionSpec::longestName)
                    .toList();
            List<String> expected = options.isEmpty() ? List.of() : List.of(options.split(" "));
            assertThat(names).as(verb).containsExactlyInAnyOrderElementsOf(expected);
        });
    }

    @Test
    void everyVerbHasHelpThatMentionsItsOptionsAndFitsAScreen() {
        Albert.commandLine("").getSubcommands().forEach((verb, command) -> {
            CommandRun run = CommandRun.of(verb, "--help").succeeds();
            assertThat(run.err()).as(verb).isEmpty();
            assertThat(run.out()).as(verb).startsWith("Usage: albert " + verb);
            assertThat(run.out().lines()).as(verb).allMatch(line -> line.length() <= 100);
            for (OptionSpec option : command.getCommandSpec().options()) {
                assertThat(run.out()).contains(option.names());
                assertThat(String.join("", option.description()))
                        .as("%s %s", verb, option.longestName())
                        .isNotBlank();
            }
        });
    }

    @Test
    void noExampleIsBrokenInsideAWord() {
        assertThat(CommandRun.of("finetune", "--help").succeeds().out())
                .contains(
                        "--train examples/messages/train.csv --dev examples/messages/dev.csv \\\n           --output");
        assertThat(CommandRun.of("tokenize", "--help").succeeds().out())
                .contains("{\"ids\",\"type_ids\",\"offsets\",\"tokens\"}");
        assertThat(CommandRun.of("encode", "--help").succeeds().out()).contains("--input=FILE --output=FILE");
    }

    @Test
    void theHelpOfTheProgramListsEveryVerb() {
        CommandRun run = CommandRun.of("--help").succeeds();
        assertThat(run.out()).contains(VERBS.keySet()).contains("albert quickstart", "albert VERB --help");
        assertThat(run.out().lines()).allMatch(line -> line.length() <= 100);
        assertThat(CommandRun.of("--version").succeeds().out()).startsWith("albert4j ");
    }

    @Test
    void settingsThatTheHelpCallsDefaultsAreThose() {
        String help = CommandRun.of("finetune", "--help").succeeds().out();
        TrainConfig defaults = TrainConfig.DEFAULT;
        assertThat(help.replaceAll("\\s+", " "))
                .contains("passes over the training texts (default " + defaults.epochs() + ")")
                .contains("texts of a step (default " + defaults.batchSize() + ")")
                .contains("of everything random (default " + defaults.seed() + ")")
                .contains("(default " + defaults.warmupRatio() + ")");
    }
}
