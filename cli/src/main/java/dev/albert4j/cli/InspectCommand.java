package dev.albert4j.cli;

import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertParameters;
import dev.albert4j.model.AlbertParameters.Parameter;
import dev.albert4j.model.ModelDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code albert inspect}. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        description = "Shows a model: configuration, parameter counts, sizes, labels, provenance.")
final class InspectCommand implements Callable<Integer> {
    @Parameters(paramLabel = "MODEL", description = "model directory or shipped model")
    private String model = "";

    @Option(names = "--parameters", description = "list every parameter with its shape")
    private boolean listParameters;

    @Override
    public Integer call() throws IOException {
        Path path = Models.resolve(model);
        ModelDirectory directory = ModelDirectory.open(path);
        AlbertConfig config = directory.config();
        if (directory.hasWeights()) {
            directory.weights(); // refuses a damaged file, and one that the configuration does not describe
        }
        line("model", path.toString());
        line("architecture", config.head().architecture());
        line("vocabSize V", config.vocabSize());
        line("embeddingSize E", config.embeddingSize());
        line("hiddenSize H", config.hiddenSize());
        line("intermediateSize F", config.intermediateSize());
        line("numHiddenLayers L", config.numHiddenLayers());
        line("numHiddenGroups G", config.numHiddenGroups());
        line("innerGroupNum I", config.innerGroupNum());
        line("numAttentionHeads A", config.numAttentionHeads() + " of size " + config.headSize());
        line("hiddenAct", config.hiddenAct().name().toLowerCase(Locale.ROOT));
        line("maxPositionEmbeddings", config.maxPositionEmbeddings());
        line(
                "dropout",
                config.hiddenDropoutProb() + " hidden, " + config.attentionProbsDropoutProb() + " attention, "
                        + config.classifierDropoutProb() + " classifier");
        if (!config.labels().isEmpty()) {
            line("labels", DataOptions.abbreviate(config.labels()));
        }
        if (config.exitClassifiers()) {
            line("exitClassifiers", config.numPasses() - 1);
        }
        if (!config.finetuningTask().isEmpty()) {
            line("finetuningTask", config.finetuningTask());
        }
        directory
                .sentences()
                .ifPresent(sentences -> line(
                        "embedding",
                        sentences.pooling().stored() + " of at most " + sentences.maxLength() + " tokens"
                                + (sentences.normalized() ? ", normalized" : "")));
        parameters(config);
        files(path);
        if (directory.tokenizer().isPresent()) {
            line("tokenizer", directory.tokenizer().get().vocabulary().size() + " tokens");
        }
        if (directory.provenance().isPresent()) {
            System.out.println("provenance");
            System.out.println(Files.readString(path.resolve("provenance.json")));
        }
        return 0;
    }

    private void parameters(AlbertConfig config) {
        List<Parameter> parameters = AlbertParameters.of(config);
        line("parameters", count(parameters, name -> true));
        line("  embeddings", count(parameters, name -> name.startsWith("albert.embeddings.")));
        line("  E→H map", count(parameters, name -> name.contains("embedding_hidden_mapping_in")));
        line("  shared layers", count(parameters, name -> name.contains("albert_layer_groups")));
        line("  pooler", count(parameters, name -> name.startsWith("albert.pooler")));
        line("  head", count(parameters, name -> !name.startsWith("albert.")));
        if (listParameters) {
            parameters.forEach(parameter -> System.out.println("  " + parameter.name() + " " + parameter.shape()));
        }
    }

    private static String count(List<Parameter> parameters, Predicate<String> names) {
        long sum = parameters.stream()
                .filter(parameter -> names.test(parameter.name()))
                .mapToLong(Parameter::numElements)
                .sum();
        return String.format(Locale.ROOT, "%,d", sum);
    }

    private static void files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                line("file " + file.getFileName(), String.format(Locale.ROOT, "%,d bytes", Files.size(file)));
            }
        }
    }

    private static void line(String name, Object value) {
        System.out.printf(Locale.ROOT, "%-24s %s%n", name, value);
    }
}
