package dev.lander.control.wire;

import dev.lander.control.wire.CommandFields.Field;
import dev.lander.control.wire.CommandFields.Flag;
import dev.lander.control.wire.CommandFields.Text;
import dev.lander.control.wire.CommandFields.Texts;
import dev.lander.control.wire.CommandFields.Unusable;
import dev.lander.control.wire.CommandFields.Value;
import dev.lander.control.wire.CommandFields.Whole;
import dev.lander.listing.RelayPage;
import dev.lander.listing.RelayTree;
import dev.lander.registry.RelayPort;
import dev.lander.registry.Route;
import dev.lander.registry.RouteTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessageFormat;
import org.msgpack.core.MessageIntegerOverflowException;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessagePacker;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.ValueType;

/** Messages to commands, and replies and pushes to messages. Knows nothing of framing. */
public final class CommandCodec {
    static {
        // Else the library reads arrays through sun.misc.Unsafe, which newer Java warns of and is going to take away.
        System.setProperty("msgpack.universal-buffer", "true");
    }

    /** Room for any message but a page; a longer one gets more. */
    private static final int SMALL_MESSAGE_BYTES = 256;

    /** Room for a page of some hundred relays; a longer one gets more. */
    private static final int PAGE_BYTES = 64 * 1024;

    /** Up to there every whole number is a floating-point number of its own. */
    private static final double MAX_WHOLE_DOUBLE = 1L << 53;

    private CommandCodec() {}

    /** Whether the message begins as a map does. What follows may still be nonsense. */
    public static boolean isMap(ByteBuffer message) {
        return MsgpackExtent.beginsMap(message);
    }

    /**
     * Understands a message. Whatever is in it, there is a command: what cannot be understood is a
     * {@link Command.Refused} with its reply.
     *
     * @param message the bytes between position and limit, which stay where they are
     * @param portsSwapped a register's {@code port} and {@code relay_port} mean each other
     */
    public static Command decode(ByteBuffer message, boolean portsSwapped) {
        try {
            MsgpackExtent.checkWholeMap(message); // so the library never runs out of bytes or believes a huge length
            return new CommandReader(fields(message), portsSwapped).read();
        } catch (Refusal refusal) {
            return new Command.Refused(refusal.reply());
        } catch (IOException | MessagePackException e) {
            return new Command.Refused(new Reply(ErrorCode.INVALID_REQUEST, "the message is not msgpack"));
        }
    }

    /** The msgpack of a reply. */
    public static ByteBuffer encode(Reply reply) {
        return pack(SMALL_MESSAGE_BYTES, packer -> {
            boolean hasMessage = !reply.message().isEmpty();
            packer.packMapHeader(hasMessage ? 2 : 1);
            packer.packString("error").packInt(reply.error().number());
            if (hasMessage) {
                packer.packString("message").packString(reply.message());
            }
        });
    }

    /** The msgpack of a health check, by which a component learns its state; {@code host} empty = at the peer's. */
    public static ByteBuffer encodeHealthCheck(RelayPort relayPort, String state, String host) {
        return pack(SMALL_MESSAGE_BYTES, packer -> {
            beginPush(packer, 4, "healthcheck", host, relayPort.route());
            packer.packString("protocol").packString(relayPort.protocol().word());
            packer.packString("port").packInt(relayPort.number());
            packer.packString("state").packString(state);
        });
    }

    /** The msgpack of a draining component's news: how many relays and flows it still has. */
    public static ByteBuffer encodeDrainProgress(RelayPort relayPort, int port, int active, String host) {
        return pack(SMALL_MESSAGE_BYTES, packer -> {
            beginPush(packer, 5, "drain", host, relayPort.route());
            packer.packString("protocol").packString(relayPort.protocol().word());
            packer.packString("port").packInt(port);
            packer.packString("relay_port").packInt(relayPort.number());
            packer.packString("active").packInt(active);
        });
    }

    private static void beginPush(MessagePacker packer, int fields, String cmd, String host, Route route)
            throws IOException {
        packer.packMapHeader(fields + (host.isEmpty() ? 0 : 1) + RouteTree.fields(route));
        packer.packString("cmd").packString(cmd);
        if (!host.isEmpty()) {
            packer.packString("host").packString(host);
        }
        RouteTree.write(route, new MsgpackTree(packer));
    }

    /** The msgpack of a page of what is open. */
    public static ByteBuffer encodeRelays(RelayPage page) {
        return pack(PAGE_BYTES, packer -> {
            packer.packMapHeader(1 + RelayTree.fields(page));
            packer.packString("error").packInt(ErrorCode.OK.number());
            RelayTree.write(page, new MsgpackTree(packer));
        });
    }

    private static CommandFields fields(ByteBuffer message) throws IOException, Refusal {
        byte[] bytes = new byte[message.remaining()];
        message.duplicate().get(bytes);
        CommandFields fields = new CommandFields();
        try (MessageUnpacker unpacker = MessagePack.newDefaultUnpacker(bytes)) {
            int entries = unpacker.unpackMapHeader();
            for (int i = 0; i < entries; i++) {
                readEntry(unpacker, fields);
            }
        }
        return fields;
    }

    private static void readEntry(MessageUnpacker unpacker, CommandFields fields) throws IOException, Refusal {
        String name = fieldName(unpacker);
        Optional<Field> known = Field.named(name);
        if (known.isEmpty()) {
            fields.addUnknown(name);
            unpacker.skipValue();
        } else if (isAbsence(unpacker.getNextFormat())) {
            unpacker.skipValue();
            fields.remove(known.get());
        } else {
            fields.put(known.get(), value(unpacker));
        }
    }

    /** Nil, or an extension: so some libraries write what their language calls undefined. */
    private static boolean isAbsence(MessageFormat format) {
        return format == MessageFormat.NIL || format.getValueType() == ValueType.EXTENSION;
    }

    /** The field's name; empty when it is no text, and the field like an unknown one. */
    private static String fieldName(MessageUnpacker unpacker) throws IOException, Refusal {
        ValueType type = unpacker.getNextFormat().getValueType();
        if (!type.isRawType()) {
            unpacker.skipValue();
            return "";
        }
        try {
            return text(unpacker);
        } catch (CharacterCodingException e) {
            if (type.isBinaryType()) {
                return "";
            }
            throw invalid("the names of fields must be UTF-8");
        }
    }

    private static Value value(MessageUnpacker unpacker) throws IOException {
        return switch (unpacker.getNextFormat().getValueType()) {
            case STRING -> textOr(unpacker, "a string that is not UTF-8");
            case BINARY -> textOr(unpacker, "binary data that is not UTF-8");
            case INTEGER -> whole(unpacker);
            case FLOAT -> number(unpacker.unpackDouble());
            case BOOLEAN -> new Flag(unpacker.unpackBoolean());
            case ARRAY -> texts(unpacker);
            default -> {
                unpacker.skipValue();
                yield new Unusable("a map");
            }
        };
    }

    private static Value whole(MessageUnpacker unpacker) throws IOException {
        try {
            return new Whole(unpacker.unpackLong());
        } catch (MessageIntegerOverflowException e) {
            return new Unusable("an integer of 2^63 or more");
        }
    }

    private static Value textOr(MessageUnpacker unpacker, String otherwise) throws IOException {
        try {
            return new Text(text(unpacker));
        } catch (CharacterCodingException e) {
            return new Unusable(otherwise);
        }
    }

    /** Languages whose only numbers are floating-point ones send whole numbers so. */
    private static Value number(double number) {
        boolean whole = number == Math.rint(number) && Math.abs(number) <= MAX_WHOLE_DOUBLE;
        return whole ? new Whole((long) number) : new Unusable(Double.toString(number));
    }

    /** An array of nothing but texts. What else is in it is skipped, however deep: reading it must not recurse. */
    private static Value texts(MessageUnpacker unpacker) throws IOException {
        int count = unpacker.unpackArrayHeader();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (!unpacker.getNextFormat().getValueType().isRawType()) {
                unpacker.skipValue();
            } else if (textOr(unpacker, "") instanceof Text sent) {
                texts.add(sent.text());
            }
        }
        return texts.size() == count ? new Texts(texts) : new Unusable("an array");
    }

    /** Not the library's own reading of strings: that one stays in front of a string which is not UTF-8. */
    private static String text(MessageUnpacker unpacker) throws IOException {
        boolean binary = unpacker.getNextFormat().getValueType().isBinaryType();
        int length = binary ? unpacker.unpackBinaryHeader() : unpacker.unpackRawStringHeader();
        byte[] bytes = unpacker.readPayload(length);
        String text = StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
        // Programs in C that send a text with its end mark mean the text.
        return text.endsWith("\0") ? text.substring(0, text.length() - 1) : text;
    }

    private static Refusal invalid(String message) {
        return new Refusal(ErrorCode.INVALID_REQUEST, message);
    }

    /** Writes one message. */
    @FunctionalInterface
    private interface Packing {
        void writeTo(MessagePacker packer) throws IOException;
    }

    private static ByteBuffer pack(int expectedBytes, Packing packing) {
        try (MessageBufferPacker packer = packer(expectedBytes)) {
            packing.writeTo(packer);
            return ByteBuffer.wrap(packer.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException("packing to memory failed", e);
        }
    }

    /** Packs to memory. */
    static MessageBufferPacker packer(int expectedBytes) {
        // Old libraries know no str8.
        return new MessagePack.PackerConfig()
                .withBufferSize(expectedBytes)
                .withStr8FormatSupport(false)
                .newBufferPacker();
    }
}
