package dev.albert4j.train;

import dev.albert4j.model.Head;
import dev.albert4j.tokenize.Vocabulary;
import dev.albert4j.train.Example.Sequence;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A task with examples in memory.
 *
 * @param loss what to make smaller
 * @param train examples to learn from
 * @param development measures the model through the class that serves the task, where there are data to do it on
 * @param developmentData the same text for the same development data
 */
record ExampleTask(Loss loss, List<Example> train, @Nullable Development development, String developmentData)
        implements TrainingTask {
    ExampleTask {
        train = List.copyOf(train);
    }

    @Override
    public Head head() {
        return loss.head();
    }

    @Override
    public Objective objective(AlbertModel model, TrainConfig config, Vocabulary vocabulary) {
        return new TaskObjective(model, loss, train, config, vocabulary);
    }

    @Override
    public Map<String, String> fingerprint() {
        return Map.of("loss", loss.name(), "trainingData", checksum(train), "developmentData", developmentData);
    }

    private static String checksum(List<Example> examples) {
        CRC32C crc = new CRC32C();
        for (Example example : examples) {
            for (Sequence sequence : example.sequences()) {
                update(crc, sequence.ids());
                update(crc, sequence.typeIds());
            }
            ByteBuffer target = ByteBuffer.allocate(4 * example.target().length);
            target.asFloatBuffer().put(example.target());
            crc.update(target.array());
        }
        return examples.size() + " examples with checksum " + Long.toHexString(crc.getValue());
    }

    private static void update(CRC32C crc, int[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length + 4).putInt(values.length);
        bytes.asIntBuffer().put(values);
        crc.update(bytes.array());
    }
}
