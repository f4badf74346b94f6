package dev.lander.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShownTextTest {
    /** As the access log has names: the escapes are those that readers of logfmt know, which are JSON's. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "web-1|web-1",
                "[::1]:80,+1|[::1]:80,+1",
                "web 1|\"web 1\"",
                "a=b|\"a=b\"",
                "say \"x\"|\"say \\\"x\\\"\"",
                "a\\b|\"a\\\\b\"",
                "a\u200bb|\"a\\u200bb\"",
                "x\u001b[31m|\"x\\u001b[31m\"",
                "\udb80\udc00|\"\\udb80\\udc00\"",
            })
    void aValueIsAWordOrInQuotationMarks(String text, String shown) {
        assertEquals(shown, ShownText.value(text));
    }
}
