package dev.lander.control.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.control.SentMessage;
import dev.lander.control.wire.Msgpack.RawString;
import dev.lander.registry.Protocol;
import dev.lander.registry.RelayPort;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CommandCodecTest {
    /** {@code "cmd": "status"} and the name {@code "relay_port"}, to be put into maps by hand. */
    private static final String CMD_STATUS = "a3 636d64 a6 737461747573";

    private static final String RELAY_PORT = "aa 72656c61795f706f7274";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e",
                "cc 1e",
                "cd 00 1e",
                "ce 00 00 00 1e",
                "cf 00 00 00 00 00 00 00 1e",
                "d0 1e",
                "d1 00 1e",
                "d2 00 00 00 1e",
                "d3 00 00 00 00 00 00 00 1e"
            })
    void numbersAreTakenInAnyWidth(String thirty) {
        assertEquals(new Command.Status(30), decode("82" + CMD_STATUS + RELAY_PORT + thirty));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a6", "d9 06", "da 00 06", "db 00 00 00 06"})
    void stringsAreTakenInAnyWidth(String head) {
        assertEquals(new Command.Status(0), decode("81 a3 636d64" + head + "737461747573"));
        assertEquals(new Command.Status(0), decode("81 db 00 00 00 03 636d64" + head + "737461747573"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"81", "de 00 01", "df 00 00 00 01"})
    void mapsAreTakenInAnyWidth(String head) {
        assertEquals(new Command.Status(0), decode(head + CMD_STATUS));
    }

    @Test
    void unknownFieldsAreIgnoredWhateverTheyHold() {
        Map<String, Object> nested = Map.of("cmd", List.of(1, "x", Map.of("relay_port", 5)));
        assertEquals(
                new Command.Status(7),
                new SentMessage(Map.of())
                        .with("x", nested)
                        .with("", new byte[300])
                        .with("Cmd", BigInteger.ONE.shiftLeft(63))
                        .with("cmd", "status")
                        .with("raw", new RawString("ff fe"))
                        .with("port", "no field of a status")
                        .with("weight", List.of("relay_port", 8))
                        .with("name", new RawString("ff"))
                        .with("relay_port", 7)
                        .with("Relay_port", 1.5)
                        .decoded());
    }

    @Test
    void ofFieldsWithTheSameNameTheLastCounts() {
        assertEquals(new Command.Status(7), decode("83" + CMD_STATUS + RELAY_PORT + "a1 78" + RELAY_PORT + "07"));
        assertEquals(new Command.Status(0), decode("83" + CMD_STATUS + RELAY_PORT + "07" + RELAY_PORT + "c0"));
    }

    @ParameterizedTest
    @CsvSource({
        "'', must be a map", // no byte at all
        "93 01 02 03, must be a map",
        "a3 63 6d 64, must be a map",
        "c0, must be a map",
        "c1, must be a map",
        "81, ends",
        "82 a1 78 01, ends",
        "81 a1, ends",
        "df ff ff ff ff, 65535",
        "81 a1 78 db ff ff ff ff, 65535",
        "81 a1 78 c1, not msgpack",
        "80 00, nothing behind",
        "81 a1 78 01 81, nothing behind",
    })
    void whatIsNotOneMapIsRefused(String bytes, String wrong) {
        assertInvalid(wrong, decode(bytes));
    }

    @Test
    void whetherAMessageIsAMapShowsInItsFirstByte() {
        for (String map : List.of("80", "8f 00", "de 00 01", "df")) {
            assertTrue(CommandCodec.isMap(Msgpack.hex(map)), map);
        }
        for (String other : List.of("", "7f", "90", "c0", "c1", "dd", "e0", "a3 80")) {
            assertFalse(CommandCodec.isMap(Msgpack.hex(other)), other);
        }
        ByteBuffer later = Msgpack.hex("00 80").position(1);
        assertTrue(CommandCodec.isMap(later));
        assertEquals(1, later.position());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "05", // a number
                "c3", // true
                "91 a3 636d64", // an array
                "81 a3 636d64 01", // a map
                "d4 00 00", // an extension
                "c4 02 c328", // binary data that is not UTF-8
            })
    void aFieldWhoseNameIsNoTextIsSkipped(String name) {
        assertEquals(new Command.Status(0), decode("82" + CMD_STATUS + name + "01"));
        assertEquals(new Command.Status(0), decode("82" + name + "91 01" + CMD_STATUS));
    }

    @Test
    void binaryDataThatIsUtf8IsText() {
        assertEquals(new Command.Status(0), decode("81 c4 03 636d64 c4 06 737461747573"));
        assertInvalid("cmd must be a string, not binary data that is not UTF-8", decode("81 a3 636d64 c4 02 c328"));
    }

    @Test
    void aWholeFloatIsThatInteger() {
        assertEquals(new Command.Status(80), decode("82" + CMD_STATUS + RELAY_PORT + "cb 4054000000000000"));
        assertEquals(new Command.Status(80), decode("82" + CMD_STATUS + RELAY_PORT + "ca 42a00000"));
        assertInvalid("not 80.5", decode("82" + CMD_STATUS + RELAY_PORT + "ca 42a10000"));
        assertInvalid("not NaN", decode("82" + CMD_STATUS + RELAY_PORT + "ca 7fc00000"));
        assertInvalid("not Infinity", decode("82" + CMD_STATUS + RELAY_PORT + "ca 7f800000"));
        assertInvalid("not 1.0E20", decode("82" + CMD_STATUS + RELAY_PORT + "cb 4415af1d78b58c40"));
    }

    @Test
    void anExtensionIsAsIfAbsent() {
        assertEquals(new Command.Status(0), decode("82" + CMD_STATUS + RELAY_PORT + "d4 00 00")); // undefined
        assertInvalid("cmd must be a string; it is missing", decode("81 a3 636d64 d4 00 00"));
    }

    @Test
    void aTextMayEndByItsEndMark() {
        assertEquals(new Command.Status(0), decode("81 a4 636d6400 a7 73746174757300"));
    }

    @Test
    void aMissingFieldIsToldWithTheOneThatLooksLikeIt() {
        assertInvalid("it is missing; there is \"Cmd\"", decode("81 a3 436d64 a6 737461747573"));
    }

    @Test
    void noTextGoesOutAsStr8() {
        ByteBuffer reply = CommandCodec.encode(new Reply(ErrorCode.CONFLICT, "x".repeat(40)));
        assertEquals(Msgpack.hex("82 a5 6572726f72 0c a7 6d657373616765 da 0028"), reply.slice(0, 19));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a2 c3 28", // not UTF-8
                "a3 ed a0 80" // half a surrogate pair
            })
    void namesOfFieldsMustBeUtf8(String name) {
        assertInvalid("names of fields", decode("82" + CMD_STATUS + name + "01"));
        assertInvalid("names of fields", decode("82 a3 636d64 a1 78" + name + "01")); // comes before the unknown cmd
    }

    @ParameterizedTest
    @ValueSource(ints = {10_000, 65_000})
    void deepNestingIsSkippedAndNotFollowed(int depth) {
        byte[] deep = new byte[depth + 1];
        Arrays.fill(deep, (byte) 0x91);
        deep[depth] = 0;

        assertEquals(new Command.Status(0), decode(join("82" + CMD_STATUS + "a1 78", deep)));
        assertInvalid("65535, not an array", decode(join("82" + CMD_STATUS + RELAY_PORT, deep)));
        assertEquals(new Command.Status(0), decode(join("82" + CMD_STATUS, Arrays.copyOf(deep, depth + 2))));
    }

    @Test
    void aMessageStaysAsItIsAndMayLieAnywhere() {
        ByteBuffer status = Msgpack.hex("81" + CMD_STATUS);
        ByteBuffer direct = ByteBuffer.allocateDirect(100).position(50).put(status.duplicate());
        direct.flip().position(50);
        assertEquals(new Command.Status(0), decode(direct));
        assertEquals(50, direct.position());
        assertEquals(new Command.Status(0), decode(status.asReadOnlyBuffer()));
    }

    @Test
    void aReplyHasAMessageUnlessItIsEmpty() {
        assertEquals(Msgpack.map("error", 0), CommandCodec.encode(Reply.OK));
        String why = "port must be ü".repeat(100);
        assertEquals(Msgpack.map("error", 12, "message", why), CommandCodec.encode(new Reply(ErrorCode.CONFLICT, why)));
    }

    @Test
    void pushesHaveTheirFieldsInTheContractsOrder() {
        assertEquals(
                Msgpack.map("cmd", "healthcheck", "protocol", "tcp", "port", 50_000, "state", "silent"),
                CommandCodec.encodeHealthCheck(new RelayPort(Protocol.TCP, 50_000), "silent", ""));
        assertEquals(
                Msgpack.map("cmd", "drain", "protocol", "udp", "port", 30_000, "relay_port", 50_000, "active", 70_000),
                CommandCodec.encodeDrainProgress(new RelayPort(Protocol.UDP, 50_000), 30_000, 70_000, ""));
    }

    private static Command decode(String digits) {
        return decode(Msgpack.hex(digits));
    }

    private static Command decode(ByteBuffer message) {
        return CommandCodec.decode(message, false);
    }

    private static void assertInvalid(String text, Command command) {
        Reply reply = assertInstanceOf(Command.Refused.class, command).reply();
        assertEquals(ErrorCode.INVALID_REQUEST, reply.error(), reply::message);
        assertTrue(reply.message().contains(text), reply::message);
    }

    private static ByteBuffer join(String digits, byte[] bytes) {
        ByteBuffer head = Msgpack.hex(digits);
        return ByteBuffer.allocate(head.remaining() + bytes.length)
                .put(head)
                .put(bytes)
                .flip();
    }
}
