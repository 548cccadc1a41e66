package dev.albert4j.onnx;

/** Types of a tensor's elements, with their numbers in ONNX's {@code TensorProto.DataType}. */
enum ElementType {
    FLOAT(1),
    UINT8(2),
    INT8(3),
    INT32(6),
    INT64(7),
    BOOL(9);

    private final int number;

    ElementType(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
