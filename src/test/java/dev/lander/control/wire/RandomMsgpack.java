package dev.lander.control.wire;

import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Tuple;

/** Random values that {@link Msgpack} can pack, small ones mostly. */
final class RandomMsgpack {
    private RandomMsgpack() {}

    /** A map with string keys, as messages are; no key begins with NUL, which could look like the end of a length. */
    static Arbitrary<Map<String, Object>> map() {
        return Arbitraries.maps(key(), value()).ofMinSize(1).ofMaxSize(6);
    }

    /** A scalar, or arrays and maps of them within each other. */
    static Arbitrary<Object> value() {
        Arbitrary<Object> value = scalar();
        for (int depth = 0; depth < 3; depth++) {
            Arbitrary<Object> array = value.list().ofMaxSize(20 >> (2 * depth)).map(list -> list);
            Arbitrary<Object> map = Arbitraries.maps(key(), value).ofMaxSize(3).map(entries -> entries);
            value = Arbitraries.frequencyOf(Tuple.of(3, scalar()), Tuple.of(1, array), Tuple.of(1, map));
        }
        return value;
    }

    private static Arbitrary<Object> scalar() {
        return Arbitraries.oneOf(
                Arbitraries.longs().map(number -> number),
                Arbitraries.integers().between(-40, 300).map(number -> number),
                Arbitraries.doubles().map(number -> number),
                Arbitraries.floats().map(number -> number),
                Arbitraries.of(true, false).map(flag -> flag),
                Arbitraries.strings().ofMaxLength(20).map(text -> text),
                Arbitraries.integers().between(0, 700).map("x"::repeat),
                Arbitraries.integers().between(0, 700).map(byte[]::new));
    }

    private static Arbitrary<String> key() {
        return Arbitraries.strings().withCharRange(' ', '\u02ff').ofMinLength(1).ofMaxLength(12);
    }
}
