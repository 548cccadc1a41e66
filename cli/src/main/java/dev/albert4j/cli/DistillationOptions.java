package dev.albert4j.cli;

import dev.albert4j.model.AlbertWeights;
import dev.albert4j.model.ModelDirectory;
import dev.albert4j.tokenize.Tokenizer;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whom a model learns from, beside the labels. */
final class DistillationOptions {
    /** Tokenizers that have the same pieces may still differ in case and accents. */
    private static final String PROBE = "Ein CAFÉ, naïve Ⅷ ﬁn 电影 x";

    @Option(
            names = "--teacher",
            paramLabel = "MODEL",
            description =
                    "for classification: learn from this model too, which has the same labels and tokenizer (distillation)")
    private @Nullable String teacher;

    @Option(
            names = "--distill-alpha",
            paramLabel = "R",
            description = "part of the loss that is the teacher's (default 0.5)")
    private @Nullable Double alpha;

    @Option(
            names = "--distill-temperature",
            paramLabel = "T",
            description = "divides the logits that are compared with the teacher's (default 2)")
    private @Nullable Double temperature;

    @Option(
            names = "--distill-hidden",
            paramLabel = "W",
            description = "weight of the hidden states' distance from the teacher's, of the same size (default 0)")
    private @Nullable Double hidden;

    /** @throws IllegalArgumentException if one is given for another task, or without a teacher */
    void check(FinetuneTask task) {
        if (teacher != null && task != FinetuneTask.CLASSIFICATION) {
            throw new IllegalArgumentException("--teacher is for --task classification");
        }
        if (teacher == null && (alpha != null || temperature != null || hidden != null)) {
            throw new IllegalArgumentException(
                    "--distill-alpha, --distill-temperature and --distill-hidden need --teacher");
        }
    }

    /**
     * The teacher; null for none.
     *
     * @param student the tokenizer of the model that is to learn
     * @throws IllegalArgumentException if the teacher's tokenizer is another
     */
    @Nullable
    AlbertWeights open(Tokenizer student) throws IOException {
        if (teacher == null) {
            return null;
        }
        ModelDirectory directory = ModelDirectory.open(Models.resolve(teacher));
        Tokenizer own = Models.tokenizer(directory);
        boolean same = own.vocabulary().tokens().equals(student.vocabulary().tokens())
                && Arrays.equals(own.encode(PROBE).ids(), student.encode(PROBE).ids());
        if (!same) {
            throw new IllegalArgumentException("--teacher " + teacher + " has another tokenizer than the model, "
                    + own.vocabulary().size() + " tokens against "
                    + student.vocabulary().size()
                    + "; both must read a text alike");
        }
        return directory.weights();
    }
}
