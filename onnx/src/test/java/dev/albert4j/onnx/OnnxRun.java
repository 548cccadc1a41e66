package dev.albert4j.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.albert4j.model.Batch;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A written file in plain ONNX Runtime, as any program would use it: the batch padded to its longest sequence. */
record OnnxRun(Map<String, float[]> outputs, Map<String, List<Long>> shapes) {
    /** @param choices of a question; 0 where the model takes none */
    static OnnxRun of(Path file, Batch batch, int choices) throws OrtException {
        int t = batch.maxLength();
        int b = batch.numSequences();
        long[] ids = new long[b * t];
        long[] mask = new long[b * t];
        long[] typeIds = new long[b * t];
        for (int sequence = 0; sequence < b; sequence++) {
            for (int i = 0; i < batch.length(sequence); i++) {
                ids[sequence * t + i] = batch.id(batch.start(sequence) + i);
                mask[sequence * t + i] = 1;
                typeIds[sequence * t + i] = batch.typeId(batch.start(sequence) + i);
            }
        }
        long[] shape = choices == 0 ? new long[] {b, t} : new long[] {b / choices, choices, t};
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        Map<String, float[]> outputs = new LinkedHashMap<>();
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        try (OrtSession session = environment.createSession(file.toString());
                OnnxTensor idTensor = OnnxTensor.createTensor(environment, LongBuffer.wrap(ids), shape);
                OnnxTensor maskTensor = OnnxTensor.createTensor(environment, LongBuffer.wrap(mask), shape);
                OnnxTensor typeTensor = OnnxTensor.createTensor(environment, LongBuffer.wrap(typeIds), shape);
                OrtSession.Result result = session.run(
                        Map.of("input_ids", idTensor, "attention_mask", maskTensor, "token_type_ids", typeTensor))) {
            for (Map.Entry<String, OnnxValue> output : result) {
                OnnxTensor tensor = (OnnxTensor) output.getValue();
                outputs.put(output.getKey(), tensor.getFloatBuffer().array());
                long[] dimensions = tensor.getInfo().getShape();
                shapes.put(
                        output.getKey(),
                        IntStream.range(0, dimensions.length)
                                .mapToObj(i -> dimensions[i])
                                .toList());
            }
        }
        return new OnnxRun(outputs, shapes);
    }

    float[] output(String name) {
        float[] values = outputs.get(name);
        if (values == null) {
            throw new AssertionError("no output " + name + " in " + outputs.keySet());
        }
        return values;
    }
}
