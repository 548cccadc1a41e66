import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.Batchifier;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorContext;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/**
 * Latency of ALBERT through DJL's PyTorch engine, batch 1: {@code DjlPeer MODEL.pt base|tiny LENGTH,… THREADS}, with what
 * {@code encoder_peer.py --torchscript MODEL.pt} wrote. From arrays of token ids to the pooler's output as an array; medians of a
 * second after three of warm-up, as EncoderBenchmark.
 */
public final class DjlPeer {
    private static final int MIN_VOCABULARY = 20_000; // of both sizes

    public static void main(String[] args) throws Exception {
        if (args.length != 4) {
            throw new IllegalArgumentException("expected MODEL.pt NAME LENGTH,… THREADS, but got " + Arrays.toString(args));
        }
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        System.setProperty("ai.djl.pytorch.num_threads", args[3]);
        Path file = Path.of(args[0]).toAbsolutePath();
        Translator<long[], float[]> translator = new Translator<>() {
            @Override
            public NDList processInput(TranslatorContext context, long[] ids) {
                NDArray row = context.getNDManager().create(ids, new Shape(1, ids.length));
                return new NDList(row, row.onesLike(), row.zerosLike());
            }

            @Override
            public float[] processOutput(TranslatorContext context, NDList list) {
                return list.get(1).toType(DataType.FLOAT32, false).toFloatArray();
            }

            @Override
            public Batchifier getBatchifier() {
                return null;
            }
        };
        try (Model model = Model.newInstance("albert", "PyTorch")) {
            model.load(file.getParent(), file.getFileName().toString());
            try (Predictor<long[], float[]> predictor = model.newPredictor(translator)) {
                for (String length : args[2].split(",")) {
                    long[] ids = new Random(2).longs(Integer.parseInt(length), 5, MIN_VOCABULARY).toArray();
                    System.out.printf(
                            Locale.ROOT,
                            "{\"model\": \"%s\", \"engine\": \"djl\", \"threads\": %s, \"tokens\": %s, \"ms\": %.3f}%n",
                            args[1], args[3], length, medianMillis(predictor, ids));
                }
            }
        }
    }

    private static double medianMillis(Predictor<long[], float[]> predictor, long[] ids) throws Exception {
        for (long start = System.nanoTime(); System.nanoTime() - start < 3_000_000_000L; ) {
            predictor.predict(ids);
        }
        double[] nanos = new double[100_000];
        int runs = 0;
        for (long start = System.nanoTime(); runs < 7 || runs < nanos.length && System.nanoTime() - start < 1_000_000_000L; ) {
            long before = System.nanoTime();
            predictor.predict(ids);
            nanos[runs++] = System.nanoTime() - before;
        }
        Arrays.sort(nanos, 0, runs);
        return nanos[runs / 2] / 1e6;
    }
}
