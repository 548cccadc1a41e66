package dev.albert4j.onnx;

/** An attribute of a node: ONNX's {@code AttributeProto}. */
record Attribute(Message message) {
    private static final int NAME = 1;
    private static final int FLOAT = 2;
    private static final int INT = 3;
    private static final int GRAPH = 6;
    private static final int INTS = 8;
    private static final int TYPE = 20;

    static Attribute of(String name, float value) {
        return of(name, 1, new Message().add(FLOAT, value));
    }

    static Attribute of(String name, long value) {
        return of(name, 2, new Message().add(INT, value));
    }

    static Attribute of(String name, GraphBuilder value) {
        return of(name, 5, new Message().add(GRAPH, value.graph()));
    }

    static Attribute ints(String name, long... values) {
        Message message = new Message();
        for (long value : values) {
            message.add(INTS, value);
        }
        return of(name, 7, message);
    }

    /** @param type of {@code AttributeProto.AttributeType} */
    private static Attribute of(String name, long type, Message value) {
        return new Attribute(value.add(NAME, name).add(TYPE, type));
    }
}
