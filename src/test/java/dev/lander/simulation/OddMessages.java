package dev.lander.simulation;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

/** Messages that libraries and people get wrong: each is refused, and registers nothing. */
final class OddMessages {
    private static final byte[] NO_TEXT = {(byte) 0xff, (byte) 0xfe};

    /** Bytes of a map that is too long. */
    private static final int TOO_MUCH = 70_000;

    private static final byte MAP_OF_ONE = (byte) 0x81;
    private static final byte NEVER_USED = (byte) 0xc1;

    private static final List<byte[]> ALL = all();

    private OddMessages() {}

    /** Each of them, as it is sent. */
    static List<byte[]> each() {
        return ALL;
    }

    /** Writes the value of a field, or the whole rest of a message. */
    private interface Writing {
        void write(MessageBufferPacker packer) throws IOException;
    }

    private static List<byte[]> all() {
        List<byte[]> all = new ArrayList<>();
        for (byte first : new byte[] {NEVER_USED, (byte) 0xc0, (byte) 0xc2, (byte) 0xc4, (byte) 0x91, 7}) {
            all.add(new byte[] {first, 0, 0, 0});
        }
        all.add("{\"cmd\": \"status\"}".getBytes(StandardCharsets.US_ASCII));
        all.add(new byte[] {0, 0, 0, 5, MAP_OF_ONE, (byte) 0xa1, 'a', 1}); // a big-endian length
        all.add(new byte[] {MAP_OF_ONE, NEVER_USED, 1, 1});
        all.add(withLength(new byte[] {MAP_OF_ONE, (byte) 0xa3, 'c', 'm', 'd'}));
        all.add(withLength(new byte[] {MAP_OF_ONE, NEVER_USED}));
        all.add(withLength(new byte[] {MAP_OF_ONE, (byte) 0xa1, 'a', 1, 1}));
        all.add(packed(packer -> {
            packer.packMapHeader(1).packString("cmd");
            packer.packBinaryHeader(TOO_MUCH).addPayload(new byte[TOO_MUCH]);
        }));
        all.add(packed(packer -> {
            packer.packMapHeader(1);
            packer.packRawStringHeader(NO_TEXT.length).addPayload(NO_TEXT);
            packer.packInt(1);
        }));
        for (Writing value : values()) {
            all.add(packed(packer -> {
                packer.packMapHeader(4).packString("cmd").packString("register");
                packer.packString("protocol").packString("tcp");
                packer.packBinaryHeader(NO_TEXT.length).addPayload(NO_TEXT).packInt(1);
                packer.packString("port");
                value.write(packer);
            }));
        }
        return all;
    }

    /** None is a port. */
    private static List<Writing> values() {
        return List.of(
                packer -> packer.packDouble(1.5),
                packer -> packer.packDouble(70_000),
                packer -> packer.packMapHeader(0),
                packer -> packer.packBigInteger(BigInteger.ONE.shiftLeft(63)),
                packer ->
                        packer.packExtensionTypeHeader((byte) 1, NO_TEXT.length).addPayload(NO_TEXT),
                packer -> packer.packRawStringHeader(NO_TEXT.length).addPayload(NO_TEXT),
                packer -> packer.packBinaryHeader(NO_TEXT.length).addPayload(NO_TEXT),
                packer -> packer.packBoolean(true),
                packer -> packer.packArrayHeader(2).packNil().packString("a"));
    }

    private static byte[] packed(Writing message) {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            message.write(packer);
            return packer.toByteArray();
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static byte[] withLength(byte[] message) {
        byte[] framed = new byte[4 + message.length];
        framed[0] = (byte) message.length;
        System.arraycopy(message, 0, framed, 4, message.length);
        return framed;
    }
}
