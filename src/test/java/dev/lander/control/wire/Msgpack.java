package dev.lander.control.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePacker;

/** Msgpack as a component's library writes it, for tests. */
public final class Msgpack {
    /** A string by its bytes in hexadecimal, which need not be UTF-8. */
    public record RawString(String digits) {}

    private Msgpack() {}

    /** A map of names and values in turns. */
    public static ByteBuffer map(@Nullable Object... namesAndValues) {
        Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return ByteBuffer.wrap(pack(map));
    }

    public static byte[] pack(@Nullable Object value) {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            write(packer, value);
            return packer.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Bytes from text like {@code "81 a1 78 01"}. */
    public static ByteBuffer hex(String digits) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(digits.replace(" ", "")));
    }

    public static String hex(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return HexFormat.ofDelimiter(" ").formatHex(copy);
    }

    private static void write(MessagePacker packer, @Nullable Object value) throws IOException {
        if (value == null) {
            packer.packNil();
        } else if (value instanceof String text) {
            packer.packString(text);
        } else if (value instanceof Long number) {
            packer.packLong(number);
        } else if (value instanceof Integer number) {
            packer.packInt(number);
        } else if (value instanceof BigInteger number) {
            packer.packBigInteger(number);
        } else if (value instanceof Boolean flag) {
            packer.packBoolean(flag);
        } else if (value instanceof Double number) {
            packer.packDouble(number);
        } else if (value instanceof Float number) {
            packer.packFloat(number);
        } else if (value instanceof RawString raw) {
            byte[] bytes = hex(raw.digits()).array();
            packer.packRawStringHeader(bytes.length).writePayload(bytes);
        } else if (value instanceof byte[] binary) {
            packer.packBinaryHeader(binary.length).writePayload(binary);
        } else {
            writeContainer(packer, value);
        }
    }

    private static void writeContainer(MessagePacker packer, Object value) throws IOException {
        if (value instanceof List<?> list) {
            packer.packArrayHeader(list.size());
            for (Object member : list) {
                write(packer, member);
            }
        } else if (value instanceof Map<?, ?> map) {
            packer.packMapHeader(map.size());
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                write(packer, entry.getKey());
                write(packer, entry.getValue());
            }
        } else {
            throw new IllegalArgumentException("cannot pack " + value.getClass());
        }
    }
}
