package dev.albert4j.io;

/** How the numbers of a tensor are stored; the names are those of safetensors. */
public enum DataType {
    F32(4),
    F16(2),
    BF16(2),
    F64(8),
    I64(8),
    I32(4),
    I16(2),
    I8(1),
    U64(8),
    U32(4),
    U16(2),
    U8(1),
    BOOL(1);

    private final int numBytes;

    DataType(int numBytes) {
        this.numBytes = numBytes;
    }

    /** Whether its numbers can be read as floats, and written from them: floating-point types, and 8-bit integers. */
    public boolean isReadAsFloats() {
        return this == F32 || this == F16 || this == BF16 || this == F64 || this == I8;
    }

    /** Bytes of one element. */
    public int numBytes() {
        return numBytes;
    }
}
