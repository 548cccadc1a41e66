package dev.albert4j.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An ONNX graph in the making ({@code GraphProto} of onnx.proto, by its field numbers): nodes in the order they are added, which is the
 * order they can run in. Values are known by their names. A graph inside another, the body of a {@code Loop}, sees the outer one's values;
 * arrays all stand in the outermost graph, each once. Not thread-safe.
 */
final class GraphBuilder {
    private static final long IR_VERSION = 8;
    private static final long OPSET = 17;

    private final GraphBuilder root;
    private final Message graph = new Message();
    private final Set<String> arrays = new HashSet<>(); // of the root
    private int numNodes; // of the root

    private GraphBuilder(@Nullable GraphBuilder root, String name) {
        this.root = root == null ? this : root;
        graph.add(2, name);
    }

    static GraphBuilder of(String name) {
        return new GraphBuilder(null, name);
    }

    /** A graph that stands inside this one, as the attribute of a node. */
    GraphBuilder body(String bodyName) {
        return new GraphBuilder(root, bodyName);
    }

    /** Adds a node; gives its only output. */
    String node(String operator, List<String> inputs, Attribute... attributes) {
        return nodes(operator, 1, inputs, attributes).get(0);
    }

    /** Adds a node; gives its outputs. */
    List<String> nodes(String operator, int numOutputs, List<String> inputs, Attribute... attributes) {
        String id = operator + "_" + root.numNodes++;
        List<String> outputs = IntStream.range(0, numOutputs)
                .mapToObj(i -> numOutputs == 1 ? id : id + "." + i)
                .toList();
        node(id, operator, inputs, outputs, attributes);
        return outputs;
    }

    private void node(String id, String operator, List<String> inputs, List<String> outputs, Attribute... attributes) {
        Message node = new Message();
        inputs.forEach(input -> node.add(1, input));
        outputs.forEach(output -> node.add(2, output));
        node.add(3, id).add(4, operator);
        for (Attribute attribute : attributes) {
            node.add(5, attribute.message());
        }
        graph.add(1, node);
    }

    /** An input of the graph; dimensions are numbers or names of numbers. */
    String input(String input, ElementType type, Object... shape) {
        graph.add(11, valueInfo(input, type, shape));
        return input;
    }

    /** Names a value as an output of the graph. */
    void output(String output, String value, ElementType type, Object... shape) {
        node(output, "Identity", List.of(value), List.of(output));
        graph.add(12, valueInfo(output, type, shape));
    }

    /** States the shape of a value inside the graph. */
    String shaped(String value, ElementType type, Object... shape) {
        graph.add(13, valueInfo(value, type, shape));
        return value;
    }

    private static Message valueInfo(String value, ElementType type, Object... shape) {
        Message dimensions = new Message();
        for (Object dimension : shape) {
            dimensions.add(
                    1,
                    dimension instanceof Integer number
                            ? new Message().add(1, (long) number)
                            : new Message().add(2, dimension.toString()));
        }
        Message tensor = new Message().add(1, (long) type.number()).add(2, dimensions);
        return new Message().add(1, value).add(2, new Message().add(1, tensor));
    }

    /** An array of the model; adding it again changes nothing. */
    String array(String array, float[] values, int... shape) {
        if (root.arrays.add(array)) {
            root.graph.add(5, tensor(array, ElementType.FLOAT, shape).add(9, values));
        }
        return array;
    }

    /** As above, of bytes: {@link ElementType#INT8} or {@link ElementType#UINT8}. */
    String array(String array, byte[] values, ElementType type, int... shape) {
        if (root.arrays.add(array)) {
            root.graph.add(5, tensor(array, type, shape).add(9, values));
        }
        return array;
    }

    /** A number, as a tensor without dimensions. */
    String constant(float value) {
        return array("" + value, new float[] {value});
    }

    /** Integers, as a tensor of one dimension. */
    String ints(long... values) {
        String array = Arrays.toString(values);
        if (root.arrays.add(array)) {
            root.graph.add(5, tensor(array, ElementType.INT64, values.length).add(9, bytes(values)));
        }
        return array;
    }

    /** An integer, as a tensor without dimensions. */
    String integer(long value) {
        String array = "" + value;
        if (root.arrays.add(array)) {
            root.graph.add(5, tensor(array, ElementType.INT64).add(9, bytes(value)));
        }
        return array;
    }

    private static byte[] bytes(long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return bytes.array();
    }

    private static Message tensor(String array, ElementType type, int... shape) {
        Message tensor = new Message();
        for (int dimension : shape) {
            tensor.add(1, (long) dimension);
        }
        return tensor.add(2, (long) type.number()).add(8, array);
    }

    /** The {@code ModelProto} of this graph. */
    Message model() {
        return new Message()
                .add(1, IR_VERSION)
                .add(2, "albert4j")
                .add(7, graph)
                .add(8, new Message().add(1, "").add(2, OPSET));
    }

    /** The {@code GraphProto}. */
    Message graph() {
        return graph;
    }
}
