package dev.lander.fuzz;

import static dev.lander.fuzz.Bytes.hex;
import static dev.lander.fuzz.Bytes.joined;
import static dev.lander.fuzz.Bytes.prefix;
import static dev.lander.fuzz.Bytes.prefixed;
import static dev.lander.fuzz.Bytes.repeated;

import dev.lander.fuzz.Seeds.Seed;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Messages that make no sense, or too much of it. */
final class Nonsense {
    /** Heads that announce much. */
    private static final List<String> ANNOUNCEMENTS = lines("""
            dd ff ff ff ff
            dc ff ff
            df ff ff ff ff
            df 7f ff ff ff
            df 80 00 00 00
            de ff ff
            db ff ff ff ff
            db 7f ff ff ff
            da ff ff
            c6 ff ff ff ff
            c6 80 00 00 00
            c5 ff ff
            c9 ff ff ff ff
            c9 ff ff ff ff 01
            c8 ff ff 01
            dd ff ff ff ff dd ff ff ff ff dd ff ff ff ff
            df ff ff ff ff a1 61 df ff ff ff ff a1 61 df ff ff ff ff
            """);

    /** Values that no field should have. */
    private static final List<String> ODD_VALUES = lines("""
            c0
            c1
            c2
            ff
            00
            cf ff ff ff ff ff ff ff ff
            d3 80 00 00 00 00 00 00 00
            ca 7f c0 00 00
            cb 40 dd 4c 00 00 00 00 00
            a0
            a2 c3 28
            a4 f0 9f 98 80
            a4 f5 80 80 80
            a3 ed a0 80
            a2 c0 80
            a3 e2 80 ae
            a4 1b 5b 33 31
            90
            80
            c4 01 00
            d4 01 00
            d6 ff 00 00 00 00
            c7 00 05
            """);

    private static final List<String> FIELDS = words("cmd protocol port relay_port state host token name weight balance"
            + " max_connections proxy_protocol affinity responses");

    private static final List<String> WORDS = words("register unregister healthcheck drain status tcp udp good bad"
            + " 127.0.0.1 ::1 leastconn random source v1 v2 none client");

    /** A register for four fields and one more. */
    private static final byte[] OPEN_REGISTER = joined(
            hex("85"),
            string("cmd"),
            string("register"),
            string("protocol"),
            string("tcp"),
            string("port"),
            hex("01"),
            string("relay_port"),
            hex("02"));

    private static final int LONGEST_MESSAGE = 65_535;
    private static final int BOMB_DEPTH = 10_001;

    private Nonsense() {}

    /** Few bytes, or cheap ones, that could cost much memory or time. */
    static List<Seed> bombs() {
        List<Seed> bombs = new ArrayList<>();
        for (String announcement : ANNOUNCEMENTS) {
            byte[] value = hex(announcement);
            bombs.add(new Seed("bomb " + announcement, value));
            for (byte[] map : List.of(joined(hex("81 a1 78"), value), joined(hex("81 a4 6e 61 6d 65"), value))) {
                bombs.add(new Seed("bomb in a map " + announcement, map));
                bombs.add(new Seed("bomb in a prefixed map " + announcement, prefixed(map)));
            }
        }
        for (String nest :
                List.of("91", "81 a0", "81", "dc 00 01", "de 00 01 a0", "dd 00 00 00 01", "df 00 00 00 01 a0")) {
            for (String end : List.of("", "c0")) {
                byte[] nested = joined(hex("81 a1 78"), repeated(hex(nest), BOMB_DEPTH), hex(end));
                String name = BOMB_DEPTH + " deep " + nest + " " + end;
                bombs.add(new Seed(name, nested));
                bombs.add(new Seed("prefixed " + name, prefixed(nested)));
            }
        }
        for (long length :
                new long[] {LONGEST_MESSAGE, LONGEST_MESSAGE + 1, Integer.MAX_VALUE, 1L << 31, 0xffffffffL}) {
            bombs.add(new Seed("prefix of " + length, prefix(length)));
            bombs.add(new Seed("prefix of " + length + " and a map", joined(prefix(length), hex("81 a1 78 01"))));
        }
        return bombs;
    }

    /** Bytes that mean something within a message, for mutations to insert. */
    static List<byte[]> tokens() {
        List<byte[]> tokens = new ArrayList<>();
        Stream.of(FIELDS, WORDS).flatMap(List::stream).map(Nonsense::string).forEach(tokens::add);
        Stream.of(ANNOUNCEMENTS, ODD_VALUES)
                .flatMap(List::stream)
                .map(Bytes::hex)
                .forEach(tokens::add);
        for (int port : new int[] {1, 50_000, 65_535, 65_536}) {
            tokens.add(joined(
                    hex("ce"), ByteBuffer.allocate(Integer.BYTES).putInt(port).array()));
        }
        return tokens;
    }

    /** Fields, names, lengths and numbers of messages that are wrong. */
    static List<Seed> oddities() {
        List<Seed> odd = new ArrayList<>();
        for (String value : ODD_VALUES) {
            for (String field : FIELDS) {
                byte[] last = joined(OPEN_REGISTER, string(field), hex(value));
                odd.add(new Seed("register with " + field + " " + value, last));
            }
            odd.add(new Seed("register with a name of a field " + value, joined(OPEN_REGISTER, hex(value), hex("c0"))));
            odd.add(new Seed("no map " + value, prefixed(hex(value))));
            odd.add(new Seed("no map behind one " + value, joined(hex("80"), hex(value))));
        }
        for (String text : List.of("\u001b", "\u202e", "\uffff", "\ud83d\ude00", "\udbff\udfff", "x")) {
            for (int length : new int[] {1, 31, 32, 255, 256, 16_000}) {
                byte[] name = string(text.repeat(length));
                odd.add(new Seed("long name", joined(OPEN_REGISTER, string("name"), name)));
                odd.add(new Seed("long command", joined(hex("81"), string("cmd"), name)));
                odd.add(new Seed("long name of a field", joined(hex("81"), name, hex("c0"))));
            }
        }
        odd.add(new Seed("empty maps", repeated(hex("80"), 3_000)));
        odd.add(new Seed("prefixed empty maps", repeated(hex("01 00 00 00 80"), 1_000)));
        odd.add(new Seed("messages of no bytes", repeated(hex("00 00 00 00"), 1_000)));
        odd.add(new Seed("many fields", joined(hex("de 27 10"), repeated(hex("a0 c0"), 10_000))));
        odd.add(new Seed("one field many times", joined(hex("de 0f a0"), repeated(hex("a3 63 6d 64 01"), 4_000))));
        odd.add(new Seed("the beginning of 100,000 bytes", joined(hex("81 a1 78 c6 00 01 86 a0"), new byte[80_000])));
        for (int length : new int[] {LONGEST_MESSAGE - 1, LONGEST_MESSAGE, LONGEST_MESSAGE + 1}) {
            byte[] head = hex("81 a1 78 c5 00 00");
            int body = length - head.length;
            byte[] longest = joined(hex("81 a1 78 c5"), new byte[] {(byte) (body >> 8), (byte) body}, new byte[body]);
            odd.add(new Seed("a message of " + length, joined(longest, hex("80"))));
            odd.add(new Seed("a prefixed message of " + length, joined(prefixed(longest), prefixed(hex("80")))));
        }
        return odd;
    }

    /** Every first byte, where it could be a length's and where it could not. */
    static List<Seed> firstBytes() {
        List<Seed> firsts = new ArrayList<>();
        for (int first = 0; first < 256; first++) {
            byte[] one = {(byte) first};
            for (String rest : List.of("00 00 00 81 a1 78 01", "a1 78 01 c0")) {
                firsts.add(new Seed("first byte " + first + " then " + rest, joined(one, hex(rest))));
            }
        }
        return firsts;
    }

    private static byte[] string(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return joined(
                hex("da"), ByteBuffer.allocate(2).putShort((short) bytes.length).array(), bytes);
    }

    private static List<String> lines(String text) {
        return text.lines().toList();
    }

    private static List<String> words(String text) {
        return List.of(text.split(" ", -1));
    }
}
