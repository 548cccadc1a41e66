package dev.albert4j.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.albert4j.io.JsonFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The shape of an ALBERT model: the fields of Hugging Face's and google-research's configuration files. Immutable.
 *
 * <p>Defaults are Hugging Face's ({@code AlbertConfig}), which are the xxlarge model's. No array of the model may exceed
 * {@link #MAX_ELEMENTS} values, nor the layers {@link #MAX_LAYERS}: a file can ask for more, but it is damaged or hostile.
 *
 * @param head what stands on the encoder ({@code architectures})
 * @param vocabSize V
 * @param embeddingSize E
 * @param hiddenSize H
 * @param numHiddenLayers L
 * @param numHiddenGroups G
 * @param innerGroupNum I, layers inside a group
 * @param numAttentionHeads A
 * @param headSize D, the size of an attention head: H / A, unless heads have been pruned ({@code attention_head_size}, a field that
 *     Hugging Face does not know)
 * @param intermediateSize F
 * @param hiddenAct of the feed-forward layer and the MLM head
 * @param hiddenDropoutProb dropout of embeddings, attention output and feed-forward output
 * @param attentionProbsDropoutProb dropout of attention probabilities
 * @param classifierDropoutProb dropout before a task's head
 * @param maxPositionEmbeddings longest sequence
 * @param typeVocabSize number of token types
 * @param initializerRange standard deviation of initial weights
 * @param layerNormEps ε of every LayerNorm
 * @param labels label names by class index; empty for a model without labels
 * @param problemType how a classification head is read
 * @param exitClassifiers whether every layer before the last has a classifier too, to leave the encoder there ({@code
 *     exit_classifiers}, a field that Hugging Face does not know): Zhou et al. 2020, section 3
 * @param others fields of the file that are none of these, kept as they are
 */
public record AlbertConfig(
        Head head,
        int vocabSize,
        int embeddingSize,
        int hiddenSize,
        int numHiddenLayers,
        int numHiddenGroups,
        int innerGroupNum,
        int numAttentionHeads,
        int headSize,
        int intermediateSize,
        Activation hiddenAct,
        double hiddenDropoutProb,
        double attentionProbsDropoutProb,
        double classifierDropoutProb,
        int maxPositionEmbeddings,
        int typeVocabSize,
        double initializerRange,
        double layerNormEps,
        List<String> labels,
        ProblemType problemType,
        boolean exitClassifiers,
        Map<String, JsonNode> others) {
    /** The most values in one parameter. */
    public static final int MAX_ELEMENTS = Integer.MAX_VALUE - 8;
    /** The most layers run (L × I) and the most layers stored (G × I). */
    public static final int MAX_LAYERS = 10_000;

    private static final String FINETUNING_TASK = "finetuning_task";

    /** @throws IllegalArgumentException if fields contradict each other or are beyond reason */
    public AlbertConfig {
        positive("vocabSize", vocabSize);
        positive("embeddingSize", embeddingSize);
        positive("hiddenSize", hiddenSize);
        positive("numHiddenLayers", numHiddenLayers);
        positive("numHiddenGroups", numHiddenGroups);
        positive("innerGroupNum", innerGroupNum);
        positive("numAttentionHeads", numAttentionHeads);
        positive("headSize", headSize);
        positive("intermediateSize", intermediateSize);
        positive("maxPositionEmbeddings", maxPositionEmbeddings);
        positive("typeVocabSize", typeVocabSize);
        probability("hiddenDropoutProb", hiddenDropoutProb);
        probability("attentionProbsDropoutProb", attentionProbsDropoutProb);
        probability("classifierDropoutProb", classifierDropoutProb);
        if (!(initializerRange >= 0 && initializerRange < 10)) {
            throw new IllegalArgumentException("initializerRange " + initializerRange + " is not between 0 and 10");
        }
        if (!(layerNormEps >= 0 && layerNormEps < 1)) {
            throw new IllegalArgumentException("layerNormEps " + layerNormEps + " is not between 0 and 1");
        }
        bounded("vocabSize × embeddingSize", vocabSize, embeddingSize, MAX_ELEMENTS);
        bounded("maxPositionEmbeddings × embeddingSize", maxPositionEmbeddings, embeddingSize, MAX_ELEMENTS);
        bounded("typeVocabSize × embeddingSize", typeVocabSize, embeddingSize, MAX_ELEMENTS);
        bounded("hiddenSize × embeddingSize", hiddenSize, embeddingSize, MAX_ELEMENTS);
        bounded("hiddenSize × hiddenSize", hiddenSize, hiddenSize, MAX_ELEMENTS);
        bounded("numAttentionHeads × headSize", numAttentionHeads, headSize, MAX_ELEMENTS / hiddenSize);
        bounded("intermediateSize × hiddenSize", intermediateSize, hiddenSize, MAX_ELEMENTS);
        bounded("labels × hiddenSize", labels.size(), hiddenSize, MAX_ELEMENTS);
        bounded("numHiddenLayers × innerGroupNum", numHiddenLayers, innerGroupNum, MAX_LAYERS);
        bounded("numHiddenGroups × innerGroupNum", numHiddenGroups, innerGroupNum, MAX_LAYERS);
        labels = List.copyOf(labels);
        checkLabels(head, labels, problemType);
        if (exitClassifiers) {
            checkExits(head, labels, problemType, numHiddenLayers * innerGroupNum);
        }
        others = Collections.unmodifiableMap(new LinkedHashMap<>(others));
    }

    private static void positive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " " + value + " is not positive");
        }
    }

    private static void bounded(String name, long a, long b, long limit) {
        if (a * b > limit) {
            throw new IllegalArgumentException(name + " is " + a + " × " + b + ", at most " + limit + " is allowed");
        }
    }

    private static void checkLabels(Head head, List<String> labels, ProblemType problemType) {
        Set<String> distinct = new HashSet<>();
        for (String label : labels) {
            if (!distinct.add(label)) {
                throw new IllegalArgumentException("label " + label + " occurs twice");
            }
        }
        boolean twoOutputs = head == Head.PRE_TRAINING || head == Head.QUESTION_ANSWERING;
        if (twoOutputs && !labels.isEmpty() && labels.size() != 2) {
            throw new IllegalArgumentException("head " + head + " has two outputs, not " + labels.size() + " labels");
        }
        boolean oneOfOne = problemType == ProblemType.SINGLE_LABEL_CLASSIFICATION && labels.size() == 1;
        if (head == Head.SEQUENCE_CLASSIFICATION && oneOfOne) {
            throw new IllegalArgumentException(
                    "problemType SINGLE_LABEL_CLASSIFICATION needs two labels or more, not 1");
        }
    }

    private static void checkExits(Head head, List<String> labels, ProblemType problemType, int numLayers) {
        boolean oneLabelOfSeveral = head == Head.SEQUENCE_CLASSIFICATION
                && labels.size() != 1
                && (problemType == ProblemType.UNSPECIFIED || problemType == ProblemType.SINGLE_LABEL_CLASSIFICATION);
        if (!oneLabelOfSeveral) {
            throw new IllegalArgumentException("exitClassifiers are for " + Head.SEQUENCE_CLASSIFICATION.architecture()
                    + " with one label a text, but the model is " + head.architecture() + " (" + problemType + ")");
        }
        if (numLayers < 2) {
            throw new IllegalArgumentException("exitClassifiers need two layers or more, not " + numLayers);
        }
    }

    private static void probability(String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(name + " " + value + " is not a probability below 1");
        }
    }

    /**
     * Reads Hugging Face's {@code config.json} or Google's {@code albert_config.json}. A file without {@code model_type},
     * {@code architectures} and {@code transformers_version} is taken for Google's: there {@code "gelu"} is the tanh form, and
     * the head is {@link Head#NONE}, since the file does not name it. A missing field has Hugging Face's default.
     *
     * @throws java.nio.file.NoSuchFileException if there is no such file
     * @throws dev.albert4j.io.ModelFormatException naming the field at fault
     */
    public static AlbertConfig read(Path file) throws IOException {
        return ConfigFile.read(file);
    }

    /** Writes {@code config.json} as Hugging Face reads it, whole or not at all. */
    public void write(Path file) throws IOException {
        JsonFile.write(file, ConfigFile.toJson(this));
    }

    /** A × D, the width of queries, keys and values: H, unless heads have been pruned. */
    public int attentionSize() {
        return numAttentionHeads * headSize;
    }

    /** H / A, the size of a head that has not been pruned. */
    private static int wholeHeadSize(int hiddenSize, int numAttentionHeads) {
        positive("hiddenSize", hiddenSize);
        positive("numAttentionHeads", numAttentionHeads);
        if (hiddenSize % numAttentionHeads != 0) {
            throw new IllegalArgumentException(
                    "hiddenSize " + hiddenSize + " is not divisible by numAttentionHeads " + numAttentionHeads);
        }
        return hiddenSize / numAttentionHeads;
    }

    /**
     * The group a layer uses: Hugging Face's {@code int(layer / (L / G))}. Google's {@code int(layer / L * G)} is rounded
     * otherwise: see {@link #sameGroupsAsGoogle()}.
     *
     * @throws IndexOutOfBoundsException if there is no such layer
     */
    public int groupOf(int layer) {
        Objects.checkIndex(layer, numHiddenLayers);
        return (int) (layer / ((double) numHiddenLayers / numHiddenGroups));
    }

    /**
     * Whether Google's code would use the same group for every layer. The two formulas differ for a few numbers of layers and
     * groups, 18 and 14 the smallest.
     */
    public boolean sameGroupsAsGoogle() {
        for (int layer = 0; layer < numHiddenLayers; layer++) {
            if (groupOf(layer) != (int) ((double) layer / numHiddenLayers * numHiddenGroups)) {
                return false;
            }
        }
        return true;
    }

    /** How often a text passes through a layer: L × I. */
    public int numPasses() {
        return numHiddenLayers * innerGroupNum;
    }

    /** Number of classes: the labels, two where none are named, as Hugging Face has it. */
    public int numLabels() {
        return labels.isEmpty() ? 2 : labels.size();
    }

    /** What the model was fine-tuned for, where the configuration says ({@code finetuning_task}); else empty. */
    public String finetuningTask() {
        JsonNode task = others.get(FINETUNING_TASK);
        return task == null || !task.isTextual() ? "" : task.textValue();
    }

    /** A builder that starts from Hugging Face's defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from this configuration. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.head = head;
        builder.vocabSize = vocabSize;
        builder.embeddingSize = embeddingSize;
        builder.hiddenSize = hiddenSize;
        builder.numHiddenLayers = numHiddenLayers;
        builder.numHiddenGroups = numHiddenGroups;
        builder.innerGroupNum = innerGroupNum;
        builder.numAttentionHeads = numAttentionHeads;
        builder.headSize = attentionSize() == hiddenSize ? null : headSize;
        builder.intermediateSize = intermediateSize;
        builder.hiddenAct = hiddenAct;
        builder.hiddenDropoutProb = hiddenDropoutProb;
        builder.attentionProbsDropoutProb = attentionProbsDropoutProb;
        builder.classifierDropoutProb = classifierDropoutProb;
        builder.maxPositionEmbeddings = maxPositionEmbeddings;
        builder.typeVocabSize = typeVocabSize;
        builder.initializerRange = initializerRange;
        builder.layerNormEps = layerNormEps;
        builder.labels = labels;
        builder.problemType = problemType;
        builder.exitClassifiers = exitClassifiers;
        builder.others = others;
        return builder;
    }

    /** Sets fields by name; not thread-safe. */
    public static final class Builder {
        private Head head = Head.NONE;
        private int vocabSize = 30000;
        private int embeddingSize = 128;
        private int hiddenSize = 4096;
        private int numHiddenLayers = 12;
        private int numHiddenGroups = 1;
        private int innerGroupNum = 1;
        private int numAttentionHeads = 64;
        private @Nullable Integer headSize;
        private int intermediateSize = 16384;
        private Activation hiddenAct = Activation.GELU_TANH;
        private double hiddenDropoutProb = 0;
        private double attentionProbsDropoutProb = 0;
        private double classifierDropoutProb = 0.1;
        private int maxPositionEmbeddings = 512;
        private int typeVocabSize = 2;
        private double initializerRange = 0.02;
        private double layerNormEps = 1e-12;
        private List<String> labels = List.of();
        private ProblemType problemType = ProblemType.UNSPECIFIED;
        private boolean exitClassifiers;
        private Map<String, JsonNode> others = Map.of();

        private Builder() {}

        public Builder head(Head value) {
            head = value;
            return this;
        }

        public Builder vocabSize(int value) {
            vocabSize = value;
            return this;
        }

        public Builder embeddingSize(int value) {
            embeddingSize = value;
            return this;
        }

        public Builder hiddenSize(int value) {
            hiddenSize = value;
            return this;
        }

        public Builder numHiddenLayers(int value) {
            numHiddenLayers = value;
            return this;
        }

        public Builder numHiddenGroups(int value) {
            numHiddenGroups = value;
            return this;
        }

        public Builder innerGroupNum(int value) {
            innerGroupNum = value;
            return this;
        }

        public Builder numAttentionHeads(int value) {
            numAttentionHeads = value;
            return this;
        }

        /** D, where it is not H / A. */
        public Builder headSize(int value) {
            headSize = value;
            return this;
        }

        public Builder intermediateSize(int value) {
            intermediateSize = value;
            return this;
        }

        public Builder hiddenAct(Activation value) {
            hiddenAct = value;
            return this;
        }

        public Builder hiddenDropoutProb(double value) {
            hiddenDropoutProb = value;
            return this;
        }

        public Builder attentionProbsDropoutProb(double value) {
            attentionProbsDropoutProb = value;
            return this;
        }

        public Builder classifierDropoutProb(double value) {
            classifierDropoutProb = value;
            return this;
        }

        public Builder maxPositionEmbeddings(int value) {
            maxPositionEmbeddings = value;
            return this;
        }

        public Builder typeVocabSize(int value) {
            typeVocabSize = value;
            return this;
        }

        public Builder initializerRange(double value) {
            initializerRange = value;
            return this;
        }

        public Builder layerNormEps(double value) {
            layerNormEps = value;
            return this;
        }

        public Builder labels(List<String> value) {
            labels = value;
            return this;
        }

        public Builder problemType(ProblemType value) {
            problemType = value;
            return this;
        }

        public Builder exitClassifiers(boolean value) {
            exitClassifiers = value;
            return this;
        }

        /** What the model is fine-tuned for: one of {@link #others}; empty to take it out of them. */
        public Builder finetuningTask(String value) {
            Map<String, JsonNode> changed = new LinkedHashMap<>(others);
            changed.remove(FINETUNING_TASK);
            if (!value.isEmpty()) {
                changed.put(FINETUNING_TASK, TextNode.valueOf(value));
            }
            others = changed;
            return this;
        }

        public Builder others(Map<String, JsonNode> value) {
            others = value;
            return this;
        }

        /** The configuration; {@link IllegalArgumentException} if fields contradict each other. */
        public AlbertConfig build() {
            return new AlbertConfig(
                    head,
                    vocabSize,
                    embeddingSize,
                    hiddenSize,
                    numHiddenLayers,
                    numHiddenGroups,
                    innerGroupNum,
                    numAttentionHeads,
                    headSize == null ? wholeHeadSize(hiddenSize, numAttentionHeads) : headSize,
                    intermediateSize,
                    hiddenAct,
                    hiddenDropoutProb,
                    attentionProbsDropoutProb,
                    classifierDropoutProb,
                    maxPositionEmbeddings,
                    typeVocabSize,
                    initializerRange,
                    layerNormEps,
                    labels,
                    problemType,
                    exitClassifiers,
                    others);
        }
    }
}
