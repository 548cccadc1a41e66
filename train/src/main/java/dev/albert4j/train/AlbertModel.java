package dev.albert4j.train;

import static org.bytedeco.pytorch.global.torch.cat;
import static org.bytedeco.pytorch.global.torch.embedding;
import static org.bytedeco.pytorch.global.torch.gelu;
import static org.bytedeco.pytorch.global.torch.is_autocast_enabled;
import static org.bytedeco.pytorch.global.torch.layer_norm;
import static org.bytedeco.pytorch.global.torch.linear;
import static org.bytedeco.pytorch.global.torch.relu;
import static org.bytedeco.pytorch.global.torch.scaled_dot_product_attention;
import static org.bytedeco.pytorch.global.torch.softmax;
import static org.bytedeco.pytorch.global.torch.tanh;

import dev.albert4j.model.AlbertConfig;
import dev.albert4j.model.AlbertParameters;
import dev.albert4j.model.AlbertParameters.Parameter;
import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.Head;
import dev.albert4j.model.SentenceConfig.Pooling;
import dev.albert4j.train.PackedBatch.Group;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * ALBERT on libtorch: trainable parameters with Hugging Face's names, and the forward pass. Not thread-safe.
 *
 * <p>The forward pass works on the N tokens of a packed batch without padding. What it returns belongs to the
 * {@code PointerScope} of the caller; the parameters belong to the model until it is closed.
 *
 * <p>Dropout is where google-research has it ({@code modeling.py}): on the embeddings, the attention probabilities, the
 * outputs of attention and feed-forward, and before a task's head. (Hugging Face leaves out the one after feed-forward.)
 */
@SuppressWarnings("try") // a PointerScope acts by being open
public final class AlbertModel implements AutoCloseable {
    private final AlbertConfig config;
    private final Rounding rounding;
    private final Map<String, Tensor> parameters = new LinkedHashMap<>();
    private final Map<String, TensorOptional> optionals = new LinkedHashMap<>(); // the same, as libtorch takes biases
    private final Dropout dropout = new Dropout();
    private boolean training;

    /** Copies the weights into trainable tensors on the processor; the model starts in evaluation mode. */
    public AlbertModel(AlbertWeights weights) {
        this(weights, TrainingDevice.CPU);
    }

    /**
     * Copies the weights into trainable tensors on a device; the model starts in evaluation mode.
     *
     * @throws WrongSettingException if there is no such device here
     */
    public AlbertModel(AlbertWeights weights, TrainingDevice device) {
        this(weights, device, Rounding.NONE);
    }

    /** The same, with an encoder that rounds. */
    AlbertModel(AlbertWeights weights, TrainingDevice device, Rounding rounding) {
        device.check();
        config = weights.config();
        this.rounding = rounding;
        try (PointerScope scope = new PointerScope()) {
            Device place = device.torch();
            for (Parameter parameter : AlbertParameters.of(config)) {
                long[] shape =
                        parameter.shape().stream().mapToLong(Integer::longValue).toArray();
                add(
                        parameter.name(),
                        Tensors.of(weights.values(parameter.name()), place).reshape(shape));
            }
        }
    }

    private AlbertModel(AlbertModel original) {
        config = original.config;
        rounding = original.rounding;
        try (PointerScope scope = new PointerScope()) {
            original.parameters.forEach((name, values) -> add(name, values.detach()));
        }
    }

    private void add(String name, Tensor values) {
        values.set_requires_grad(true);
        parameters.put(name, Tensors.keep(values));
        optionals.put(name, Tensors.keep(new TensorOptional(values)));
    }

    /** A model with the same values in the same memory, but gradients and dropout of its own: for another thread. */
    AlbertModel replica() {
        return new AlbertModel(this);
    }

    /** The shape of the model. */
    public AlbertConfig config() {
        return config;
    }

    /** Where the parameters are, and a batch must be; belongs to the caller's {@code PointerScope}. */
    Device device() {
        return parameters.values().iterator().next().device();
    }

    /** The parameters by name, in the order of {@link AlbertParameters#of}; owned by the model. */
    public Map<String, Tensor> parameters() {
        return Collections.unmodifiableMap(parameters);
    }

    /** Switches dropout on; what it drops depends on this seed alone. */
    void train(long seed) {
        training = true;
        dropout.seed(seed);
    }

    /** Switches dropout off. */
    void evaluate() {
        training = false;
    }

    /** A copy of the parameters' present values. */
    public AlbertWeights weights() {
        return AlbertWeights.of(config, Tensors.floats(parameters));
    }

    /**
     * The logits of a sequence classification head.
     *
     * @return [B, C]
     */
    Tensor logits(PackedBatch batch) {
        return logits(pooled(batch)); // [B, C]
    }

    /**
     * The same on the pooler's output.
     *
     * @param pooled [B, H]
     * @return [B, C]
     */
    Tensor logits(Tensor pooled) {
        return inFp32(dense("classifier", drop(pooled, config.classifierDropoutProb()))); // [B, C]
    }

    /**
     * The logits of all classifiers of a model with exit classifiers: each of the shared pooler's output on its own layer's first tokens
     * (Zhou et al. 2020, section 3).
     *
     * @return L × I times [B, C], from the first layer to the last
     */
    List<Tensor> exitLogits(PackedBatch batch) {
        List<Tensor> states = new ArrayList<>();
        Tensor last = encode(batch, (layer, x) -> layer.firstTokens(x, batch), states::add); // [B, H]
        List<Tensor> logits = new ArrayList<>();
        for (int exit = 0; exit < config.numPasses() - 1; exit++) {
            Tensor state = states.get(exit + 2); // the first two are the embeddings, before and after the map to H
            Tensor pooled = pooler(state.index_select(0, batch.firstTokens())); // [B, H]
            logits.add(inFp32(dense("exit_classifiers." + exit, drop(pooled, config.classifierDropoutProb()))));
        }
        logits.add(logits(pooler(last)));
        return logits;
    }

    /**
     * The logits of a head on every token: classes, or first and last token of an answer.
     *
     * @return [N, C]
     */
    Tensor tokenLogits(PackedBatch batch) {
        String name = config.head() == Head.QUESTION_ANSWERING ? "qa_outputs" : "classifier";
        Tensor states = lastHiddenState(batch, state -> {}); // [N, H]
        // As Hugging Face: dropout before the head of classes only.
        return inFp32(dense(
                name,
                config.head() == Head.QUESTION_ANSWERING ? states : drop(states, config.classifierDropoutProb())));
    }

    /**
     * What stood at hidden places: the head of a masked language model, whose decoder is the table of word embeddings.
     *
     * @param states the last hidden state at these places alone, [P, H]
     * @return logits, [P, V]
     */
    Tensor predictionLogits(Tensor states) {
        Tensor x = activation(dense("predictions.dense", states)); // [P, E]
        x = layerNorm("predictions.LayerNorm", x, config.embeddingSize());
        return inFp32(linear(x, rounded("albert.embeddings.word_embeddings.weight"), optional("predictions.bias")));
    }

    /**
     * Whether two segments were swapped: the head of sentence-order prediction. No dropout, as in google-research's code.
     *
     * @param pooled the pooler's output, [B, H]
     * @return logits, [B, 2]
     */
    Tensor sentenceOrderLogits(Tensor pooled) {
        return inFp32(dense("sop_classifier.classifier", pooled)); // [B, 2]
    }

    /**
     * The vectors of texts.
     *
     * @return [B, H]
     */
    Tensor sentences(PackedBatch batch, Pooling pooling) {
        if (pooling == Pooling.CLS) {
            return inFp32(encode(batch, (layer, x) -> layer.firstTokens(x, batch), state -> {})); // [B, H]
        }
        TensorVector groups =
                lastHiddenState(batch, state -> {}).split_with_sizes(batch.groupTokens(), 0); // each [bT, H]
        TensorVector means = new TensorVector();
        for (int i = 0; i < batch.groups().size(); i++) {
            Group group = batch.groups().get(i);
            means.push_back(groups.get(i)
                    .view(group.numSequences(), group.length(), config.hiddenSize())
                    .mean(1)); // [b, H]
        }
        return inFp32(cat(means)); // [B, H]
    }

    /**
     * The pooler's output. The last layer runs on the first tokens alone: the others' outputs are not needed.
     *
     * @return [B, H]
     */
    Tensor pooled(PackedBatch batch) {
        return pooler(encode(batch, (layer, x) -> layer.firstTokens(x, batch), state -> {})); // [B, H]
    }

    /**
     * The last hidden state.
     *
     * @param states is told the embeddings [N, E], then each hidden state [N, H]
     * @return [N, H]
     */
    Tensor lastHiddenState(PackedBatch batch, Consumer<Tensor> states) {
        return encode(batch, (layer, x) -> layer.forward(x, batch), states); // [N, H]
    }

    /**
     * The last hidden state of some tokens. The last layer runs on them alone, with all tokens to look at.
     *
     * @return [M, H]
     */
    Tensor lastHiddenState(PackedBatch batch, SomeTokens tokens) {
        return encode(batch, (layer, x) -> layer.someTokens(x, batch, tokens), state -> {}); // [M, H]
    }

    /**
     * The pooler.
     *
     * @param firstTokens the last hidden state of the first tokens, [B, H]
     * @return [B, H]
     */
    Tensor pooler(Tensor firstTokens) {
        return tanh(encoderDense("albert.pooler", firstTokens)); // [B, H]
    }

    /** @param lastLayer runs the last layer on its input [N, H], on as many tokens as are needed of it */
    private Tensor encode(PackedBatch batch, BiFunction<Layer, Tensor, Tensor> lastLayer, Consumer<Tensor> states) {
        Tensor x = embeddings(batch); // [N, E]
        states.accept(x);
        x = encoderDense("albert.encoder.embedding_hidden_mapping_in", x); // [N, H]
        states.accept(x);
        Layer[][] groups = layers();
        for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
            Layer[] group = groups[config.groupOf(layer)];
            for (int inner = 0; inner < group.length; inner++) {
                boolean last = layer == config.numHiddenLayers() - 1 && inner == group.length - 1;
                x = last
                        ? lastLayer.apply(group[inner], x)
                        : group[inner].forward(x, batch); // [N, H]; [M, H] at the end
                states.accept(x);
            }
        }
        return x;
    }

    private Tensor embeddings(PackedBatch batch) {
        String prefix = "albert.embeddings.";
        Tensor x = rounding.weights(sparseEmbedding(prefix + "word_embeddings.weight", batch.ids())); // [N, E]
        x = x.add_(embedding(parameter(prefix + "token_type_embeddings.weight"), batch.typeIds()));
        x = x.add_(embedding(parameter(prefix + "position_embeddings.weight"), batch.positions()));
        return drop(layerNorm(prefix + "LayerNorm", x, config.embeddingSize()), config.hiddenDropoutProb());
    }

    /** Its gradient holds the rows that were looked up, not the whole table. */
    private Tensor sparseEmbedding(String name, Tensor ids) {
        return embedding(parameter(name), ids, -1, false, true);
    }

    private Layer[][] layers() {
        Layer[][] groups = new Layer[config.numHiddenGroups()][config.innerGroupNum()];
        for (int group = 0; group < groups.length; group++) {
            for (int inner = 0; inner < groups[group].length; inner++) {
                groups[group][inner] =
                        new Layer("albert.encoder.albert_layer_groups." + group + ".albert_layers." + inner);
            }
        }
        return groups;
    }

    /** One shared layer in one forward pass: matrices are joined, and rounded, once for all its uses. */
    private final class Layer {
        private final String prefix;
        private final Tensor weight; // of query, key and value, [3AD, H]
        private final Tensor bias; // [3AD]
        private final Tensor dense; // [H, AD]
        private final Tensor ffn; // [F, H]
        private final Tensor ffnOutput; // [H, F]

        Layer(String prefix) {
            this.prefix = prefix;
            this.weight = rounding.weights(joined("weight"));
            this.bias = joined("bias");
            this.dense = rounded(prefix + ".attention.dense.weight");
            this.ffn = rounded(prefix + ".ffn.weight");
            this.ffnOutput = rounded(prefix + ".ffn_output.weight");
        }

        private Tensor joined(String kind) {
            String attention = prefix + ".attention.";
            return cat(new TensorVector(
                    parameter(attention + "query." + kind),
                    parameter(attention + "key." + kind),
                    parameter(attention + "value." + kind)));
        }

        /** All tokens, [N, H]. */
        Tensor forward(Tensor x, PackedBatch batch) {
            return afterAttention(attention(x, batch), x);
        }

        /** The first token of each sequence, [B, H]. */
        Tensor firstTokens(Tensor x, PackedBatch batch) {
            Tensor residual = x.index_select(0, batch.firstTokens()); // [B, H]
            return afterAttention(attention(x, batch, residual, batch.groupSequences()), residual);
        }

        /** Some tokens, [M, H]. */
        Tensor someTokens(Tensor x, PackedBatch batch, SomeTokens tokens) {
            Tensor context = attention(x, batch, x.index_select(0, tokens.padded()), tokens.groupTokens());
            return afterAttention(context.index_select(0, tokens.kept()), x.index_select(0, tokens.places()));
        }

        private Tensor afterAttention(Tensor context, Tensor residual) {
            int h = config.hiddenSize();
            Tensor attended = drop(product(context, dense, ".attention.dense"), config.hiddenDropoutProb());
            attended = layerNorm(prefix + ".attention.LayerNorm", attended.add_(residual), h); // [M, H]
            Tensor inner = activation(product(attended, ffn, ".ffn")); // [M, F]
            Tensor output = drop(product(inner, ffnOutput, ".ffn_output"), config.hiddenDropoutProb()); // [M, H]
            return layerNorm(prefix + ".full_layer_layer_norm", output.add_(attended), h); // [M, H]
        }

        private Tensor product(Tensor x, Tensor weight, String name) {
            return linear(rounding.inputs(x), weight, optional(prefix + name + ".bias"));
        }

        /** Attention of all tokens, [N, AD]. */
        private Tensor attention(Tensor x, PackedBatch batch) {
            int a = config.numAttentionHeads();
            int d = config.headSize();
            TensorVector qkv = linear(rounding.inputs(x), weight, new TensorOptional(bias)) // [N, 3AD]
                    .split_with_sizes(batch.groupTokens(), 0); // each [bT, 3AD]
            TensorVector contexts = new TensorVector();
            for (int i = 0; i < batch.groups().size(); i++) {
                Group group = batch.groups().get(i);
                int t = group.length();
                TensorVector parts = qkv.get(i)
                        .view(group.numSequences(), t, 3, a, d)
                        .permute(2, 0, 3, 1, 4)
                        .unbind(0); // each [b, A, T, D]
                contexts.push_back(attend(parts.get(0), parts.get(1), parts.get(2))
                        .transpose(1, 2)
                        .reshape(group.numTokens(), a * d)); // [bT, AD]
            }
            return contexts.size() == 1 ? contexts.get(0) : cat(contexts);
        }

        /**
         * Attention of some tokens to all of their sequence.
         *
         * @param some states of the same number of tokens in each sequence of a group, [S, H]
         * @param groupTokens how many of them are in each group
         * @return [S, AD]
         */
        private Tensor attention(Tensor x, PackedBatch batch, Tensor some, long[] groupTokens) {
            int a = config.numAttentionHeads();
            int d = config.headSize();
            int width = a * d;
            TensorVector queries = linear(
                            rounding.inputs(some),
                            weight.narrow(0, 0, width),
                            new TensorOptional(bias.narrow(0, 0, width)))
                    .split_with_sizes(groupTokens, 0); // each [bM, AD]
            TensorVector keysAndValues = linear(
                            rounding.inputs(x),
                            weight.narrow(0, width, 2 * width),
                            new TensorOptional(bias.narrow(0, width, 2 * width)))
                    .split_with_sizes(batch.groupTokens(), 0); // each [bT, 2AD]
            TensorVector contexts = new TensorVector();
            for (int i = 0; i < batch.groups().size(); i++) {
                Group group = batch.groups().get(i);
                int b = group.numSequences();
                Tensor query = queries.get(i).view(b, -1, a, d).transpose(1, 2); // [b, A, M, D]
                TensorVector parts = keysAndValues
                        .get(i)
                        .view(b, group.length(), 2, a, d)
                        .permute(2, 0, 3, 1, 4)
                        .unbind(0); // each [b, A, T, D]
                contexts.push_back(attend(query, parts.get(0), parts.get(1))
                        .transpose(1, 2)
                        .reshape(groupTokens[i], width)); // [bM, AD]
            }
            return contexts.size() == 1 ? contexts.get(0) : cat(contexts);
        }

        /** What each query [b, A, M, D] gathers from the values [b, A, T, D] of its sequence: [b, A, M, D]. */
        private Tensor attend(Tensor query, Tensor key, Tensor value) {
            if (!inBf16() && (!training || config.attentionProbsDropoutProb() == 0)) {
                return scaled_dot_product_attention(
                        query, key, value, new TensorOptional(), 0, false, new DoubleOptional(), false);
            }
            Scalar scale = new Scalar(1 / Math.sqrt(config.headSize()));
            Tensor scores = query.mul(scale).matmul(key.transpose(2, 3)); // [b, A, M, T]
            return drop(softmax(scores, 3), config.attentionProbsDropoutProb()).matmul(value);
        }
    }

    /** On processors libtorch's own attention is twenty times slower in bfloat16 than its parts. */
    private static boolean inBf16() {
        return is_autocast_enabled(DeviceType.CPU);
    }

    /** Losses are computed in 32 bits. */
    private static Tensor inFp32(Tensor logits) {
        return logits.to(ScalarType.Float);
    }

    private Tensor activation(Tensor x) {
        return switch (config.hiddenAct()) {
            case GELU_ERF -> gelu(x);
            case GELU_TANH -> gelu(x, "tanh");
            case RELU -> relu(x);
        };
    }

    private Tensor drop(Tensor x, double probability) {
        return training ? dropout.apply(x, probability) : x;
    }

    private Tensor dense(String prefix, Tensor x) {
        return linear(x, parameter(prefix + ".weight"), optional(prefix + ".bias"));
    }

    private Tensor encoderDense(String prefix, Tensor x) {
        return linear(rounding.inputs(x), rounded(prefix + ".weight"), optional(prefix + ".bias"));
    }

    private Tensor rounded(String name) {
        return rounding.weights(parameter(name));
    }

    private Tensor layerNorm(String prefix, Tensor x, int size) {
        return layer_norm(
                x,
                new long[] {size},
                optional(prefix + ".weight"),
                optional(prefix + ".bias"),
                config.layerNormEps(),
                false);
    }

    private Tensor parameter(String name) {
        return Tensors.named(parameters, name);
    }

    private TensorOptional optional(String name) {
        return Tensors.named(optionals, name);
    }

    /** Frees the parameters. */
    @Override
    public void close() {
        optionals.values().forEach(TensorOptional::releaseReference);
        parameters.values().forEach(Tensor::releaseReference);
        optionals.clear();
        parameters.clear();
    }
}
