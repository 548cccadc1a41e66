package dev.albert4j.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The shape of an ALBERT model: the fields of Hugging Face's and google-research's configuration files. Immutable.
 *
 * <p>Defaults are Hugging Face's ({@code AlbertConfig}), which are the xxlarge model's
 *
 *
 * @param head what stands on the encoder ({@code architectures})
 * @param vocabSize V
 * @param embeddingSize E
 * @param hiddenSize H
 * @param numHiddenLayers L
 * @param numHiddenGroups G
 * @param innerGroupNum I, layers inside a group
 * @param numAttentionHeads A; divides H
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
        Map<String, JsonNode> others) {

    public AlbertConfig {
        positive("vocabSize", vocabSize);
        positive("embeddingSize", embeddingSize);
        positive("hiddenSize", hiddenSize);
        positive("numHiddenLayers", numHiddenLayers);
        positive("numHiddenGroups", numHiddenGroups);
        positive("innerGroupNum", innerGroupNum);
        positive("numAttentionHeads", numAttentionHeads);
        positive("intermediateSize", intermediateSize);
        positive("maxPositionEmbeddings", maxPositionEmbeddings);
        positive("typeVocabSize", typeVocabSize);
        if (hiddenSize % numAttentionHeads != 0) {
            throw new IllegalArgumentException(
                    "hiddenSize " + hiddenSize + " is not divisible by numAttentionHeads " + numAttentionHeads);
        }
        probability("hiddenDropoutProb", hiddenDropoutProb);
        probability("attentionProbsDropoutProb", attentionProbsDropoutProb);
        probability("classifierDropoutProb", classifierDropoutProb);
        if (!(initializerRange >= 0 && initializerRange < 10)) {
            throw new IllegalArgumentException("initializerRange " + initializerRange + " is not between 0 and 10");
        }
        if (!(layerNormEps >= 0 && layerNormEps < 1)) {
            throw new IllegalArgumentException("layerNormEps " + layerNormEps + " is not between 0 and 1");
        }
        labels = List.copyOf(labels);
        others = Collections.unmodifiableMap(new LinkedHashMap<>(others));
    }

    private static void positive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " " + value + " is not positive");
        }
    }

    private static void probability(String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(name + " " + value + " is not a probability below 1");
        }
    }

    /** D, the size of an attention head. */
    public int headSize() {
        return hiddenSize / numAttentionHeads;
    }

    /** The group a layer uses: Hugging Face's {@code int(layer / (L / G))}. */
    public int groupOf(int layer) {
        return (int) (layer / ((double) numHiddenLayers / numHiddenGroups));
    }

    /** Number of classes: the labels, two where none are named, as Hugging Face has it. */
    public int numLabels() {
        return labels.isEmpty() ? 2 : labels.size();
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
                    others);
        }
    }
}
