package dev.albert4j.io;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the pickle of a PyTorch state dict, and nothing else: dictionaries, lists, tuples, numbers, texts, and tensors. No name
 * in the file is ever looked up or called; one that is not in the short list below is refused. Nothing recurses, and each
 * operation makes at most one object, so that memory is bounded by the file's length.
 */
final class Unpickler {
    private static final String ORDERED_DICT = "collections.OrderedDict";
    private static final String REBUILD_TENSOR = "torch._utils._rebuild_tensor_v2";
    private static final String REBUILD_PARAMETER = "torch._utils._rebuild_parameter";

    private static final int MAX_DIMENSIONS = 64;

    private static final Map<String, DataType> STORAGES = Map.of(
            "torch.FloatStorage", DataType.F32,
            "torch.HalfStorage", DataType.F16,
            "torch.BFloat16Storage", DataType.BF16,
            "torch.DoubleStorage", DataType.F64,
            "torch.LongStorage", DataType.I64,
            "torch.IntStorage", DataType.I32,
            "torch.ShortStorage", DataType.I16,
            "torch.CharStorage", DataType.I8,
            "torch.ByteStorage", DataType.U8,
            "torch.BoolStorage", DataType.BOOL);

    /** A place for Python's None, and the stack's mark. */
    private enum Sentinel {
        NONE,
        MARK
    }

    private record Global(String name) {}

    private record Tuple(List<Object> items) {}

    /** An array of numbers in a file of its own. */
    record Storage(DataType type, String key, long numElements) {}

    /** A view of a storage; strides count elements. */
    record Tensor(Storage storage, long offset, List<Long> shape, List<Long> strides) {}

    private final Path file;
    private final ByteBuffer in;
    private final List<Object> stack = new ArrayList<>();
    private final Map<Integer, Object> memo = new HashMap<>();

    private Unpickler(Path file, byte[] bytes) {
        this.file = file;
        this.in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The tensors of the dictionary that was pickled. */
    static Map<String, Tensor> read(Path file, byte[] bytes) throws ModelFormatException {
        Unpickler unpickler = new Unpickler(file, bytes);
        try {
            return unpickler.tensors(unpickler.run());
        } catch (BufferUnderflowException e) {
            throw new ModelFormatException(file, "its pickle is truncated", e);
        }
    }

    private Map<String, Tensor> tensors(Object root) throws ModelFormatException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        if (root instanceof Map<?, ?> dict) {
            for (Map.Entry<?, ?> entry : dict.entrySet()) {
                if (entry.getKey() instanceof String name && entry.getValue() instanceof Tensor tensor) {
                    tensors.put(name, tensor);
                }
            }
        }
        if (tensors.isEmpty()) {
            throw problem("is not a state dict: no dictionary of names and tensors");
        }
        return tensors;
    }

    private Object run() throws ModelFormatException {
        while (true) {
            int opcode = in.get() & 0xff;
            if (opcode == '.') {
                return pop();
            }
            boolean known = number(opcode) || text(opcode) || container(opcode) || memo(opcode) || object(opcode);
            if (!known) {
                throw problem(
                        String.format("its pickle has the operation 0x%02x, which state dicts do not use", opcode));
            }
        }
    }

    private boolean number(int opcode) throws ModelFormatException {
        switch (opcode) {
            case 0x80 -> in.get(); // PROTO
            case 0x95 -> in.getLong(); // FRAME
            case 'J' -> push((long) in.getInt());
            case 'K' -> push(in.get() & 0xffL);
            case 'M' -> push(in.getShort() & 0xffffL);
            case 0x8a -> push(longOfBytes(in.get() & 0xff));
            case 'G' -> push(Double.longBitsToDouble(Long.reverseBytes(in.getLong())));
            case 0x88 -> push(true);
            case 0x89 -> push(false);
            case 'N' -> push(Sentinel.NONE);
            default -> {
                return false;
            }
        }
        return true;
    }

    private long longOfBytes(int count) throws ModelFormatException {
        if (count > Long.BYTES) {
            throw problem("its pickle has a number of " + count + " bytes");
        }
        long value = 0;
        for (int i = 0; i < count; i++) {
            value |= (in.get() & 0xffL) << (i * 8);
        }
        int unused = Long.SIZE - count * 8;
        return count == 0 ? 0 : value << unused >> unused;
    }

    private boolean text(int opcode) throws ModelFormatException {
        switch (opcode) {
            case 'X' -> push(text((long) in.getInt()));
            case 0x8c -> push(text((long) (in.get() & 0xff)));
            case 0x8d -> push(text(in.getLong()));
            default -> {
                return false;
            }
        }
        return true;
    }

    private String text(long length) throws ModelFormatException {
        if (length < 0 || length > in.remaining()) {
            throw problem("its pickle has a text of " + length + " bytes, " + in.remaining() + " are left");
        }
        byte[] bytes = new byte[(int) length];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private boolean container(int opcode) throws ModelFormatException {
        switch (opcode) {
            case '(' -> stack.add(Sentinel.MARK);
            case '}' -> push(new LinkedHashMap<Object, Object>());
            case ']' -> push(new ArrayList<Object>());
            case ')' -> push(new Tuple(List.of()));
            case 't' -> push(new Tuple(popToMark()));
            case 0x85 -> push(new Tuple(pop(1)));
            case 0x86 -> push(new Tuple(pop(2)));
            case 0x87 -> push(new Tuple(pop(3)));
            case 's' -> setItems(pop(2));
            case 'u' -> setItems(popToMark());
            case 'a' -> appendItems(pop(1));
            case 'e' -> appendItems(popToMark());
            default -> {
                return false;
            }
        }
        return true;
    }

    private void setItems(List<Object> items) throws ModelFormatException {
        Map<Object, Object> dict = dict(pop());
        if (items.size() % 2 != 0) {
            throw problem("its pickle has a key without a value");
        }
        for (int i = 0; i < items.size(); i += 2) {
            Object key = items.get(i);
            if (!(key instanceof String) && !(key instanceof Long)) {
                throw problem("its pickle has a key that is neither text nor number");
            }
            dict.put(key, items.get(i + 1));
        }
        push(dict);
    }

    @SuppressWarnings("unchecked") // the only maps on the stack are those made here
    private Map<Object, Object> dict(Object object) throws ModelFormatException {
        if (object instanceof Map<?, ?> map) {
            return (Map<Object, Object>) map;
        }
        throw problem("its pickle puts items into something that is no dictionary");
    }

    @SuppressWarnings("unchecked") // the only lists on the stack are those made here
    private void appendItems(List<Object> items) throws ModelFormatException {
        if (!(pop() instanceof List<?> list)) {
            throw problem("its pickle appends to something that is no list");
        }
        ((List<Object>) list).addAll(items);
        push(list);
    }

    private boolean memo(int opcode) throws ModelFormatException {
        switch (opcode) {
            case 'q' -> memo.put(in.get() & 0xff, top());
            case 'r' -> memo.put(in.getInt(), top());
            case 0x94 -> memo.put(memo.size(), top());
            case 'h' -> push(recall(in.get() & 0xff));
            case 'j' -> push(recall(in.getInt()));
            default -> {
                return false;
            }
        }
        return true;
    }

    private Object recall(int index) throws ModelFormatException {
        Object object = memo.get(index);
        if (object == null) {
            throw problem("its pickle recalls object " + index + ", which it never stored");
        }
        return object;
    }

    private boolean object(int opcode) throws ModelFormatException {
        switch (opcode) {
            case 'c' -> push(global(line() + "." + line()));
            case 0x93 -> {
                List<Object> names = pop(2);
                push(global(
                        names.get(0) instanceof String module && names.get(1) instanceof String name
                                ? module + "." + name
                                : "something without a name"));
            }
            case 'Q' -> push(storage(pop()));
            case 'R' -> {
                List<Object> call = pop(2);
                push(call(call.get(0), call.get(1)));
            }
            case 'b' -> { // attributes of a dictionary, such as _metadata: of no use here
                pop();
                dict(top());
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private String line() {
        StringBuilder line = new StringBuilder();
        for (byte next = in.get(); next != '\n'; next = in.get()) {
            line.append((char) (next & 0xff));
        }
        return line.toString();
    }

    private Global global(String name) throws ModelFormatException {
        boolean known = name.equals(ORDERED_DICT)
                || name.equals(REBUILD_TENSOR)
                || name.equals(REBUILD_PARAMETER)
                || STORAGES.containsKey(name);
        if (!known) {
            throw problem("its pickle asks for " + SafetensorsHeader.quote(name)
                    + ", which is no part of a state dict; nothing was run");
        }
        return new Global(name);
    }

    /** {@code ("storage", type, key, location, number of elements)}. */
    private Storage storage(Object id) throws ModelFormatException {
        if (id instanceof Tuple tuple
                && tuple.items().size() == 5
                && "storage".equals(tuple.items().get(0))
                && tuple.items().get(1) instanceof Global type
                && tuple.items().get(2) instanceof String key
                && tuple.items().get(4) instanceof Long count) {
            DataType dataType = STORAGES.get(type.name());
            if (dataType != null && count >= 0) {
                return new Storage(dataType, key, count);
            }
        }
        throw problem("its pickle refers to something that is no storage");
    }

    private Object call(Object function, Object arguments) throws ModelFormatException {
        if (function instanceof Global global && arguments instanceof Tuple tuple) {
            List<Object> items = tuple.items();
            if (global.name().equals(ORDERED_DICT) && items.isEmpty()) {
                return new LinkedHashMap<Object, Object>();
            }
            if (global.name().equals(REBUILD_PARAMETER) && !items.isEmpty() && items.get(0) instanceof Tensor tensor) {
                return tensor;
            }
            if (global.name().equals(REBUILD_TENSOR)
                    && items.size() >= 4
                    && items.get(0) instanceof Storage storage
                    && items.get(1) instanceof Long offset) {
                return new Tensor(storage, offset, numbers(items.get(2)), numbers(items.get(3)));
            }
        }
        throw problem("its pickle makes something that is no tensor");
    }

    private List<Long> numbers(Object object) throws ModelFormatException {
        List<Long> numbers = new ArrayList<>();
        if (object instanceof Tuple tuple && tuple.items().size() <= MAX_DIMENSIONS) {
            for (Object item : tuple.items()) {
                if (item instanceof Long number && number >= 0) {
                    numbers.add(number);
                }
            }
            if (numbers.size() == tuple.items().size()) {
                return List.copyOf(numbers);
            }
        }
        throw problem("its pickle has a shape that is no tuple of at most " + MAX_DIMENSIONS + " numbers from 0");
    }

    private void push(Object object) {
        stack.add(object);
    }

    private Object top() throws ModelFormatException {
        Object top = pop();
        push(top);
        return top;
    }

    private Object pop() throws ModelFormatException {
        Object object = stack.isEmpty() ? Sentinel.MARK : stack.remove(stack.size() - 1);
        if (object == Sentinel.MARK) {
            throw problem("its pickle takes more than it put");
        }
        return object;
    }

    private List<Object> pop(int count) throws ModelFormatException {
        List<Object> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            items.add(0, pop());
        }
        return items;
    }

    private List<Object> popToMark() throws ModelFormatException {
        int mark = stack.lastIndexOf(Sentinel.MARK);
        if (mark < 0) {
            throw problem("its pickle takes more than it put");
        }
        List<Object> above = stack.subList(mark + 1, stack.size());
        List<Object> items = new ArrayList<>(above);
        stack.subList(mark, stack.size()).clear();
        return items;
    }

    private ModelFormatException problem(String text) {
        return new ModelFormatException(file, text);
    }
}
