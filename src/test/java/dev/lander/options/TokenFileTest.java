package dev.lander.options;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenFileTest {
    private Path folder;

    @BeforeEach
    void useFolder(@TempDir Path temporary) {
        folder = temporary;
    }

    @ParameterizedTest
    @ValueSource(strings = {"secret", "secret\n", "secret\r\n", "secret\nsecond line\n"})
    void theTokenIsTheFirstLineWithoutItsEnd(String content) throws IOException {
        assertEquals("secret", TokenFile.read(file(content)));
    }

    @Test
    void spacesAndLettersOfAnyLanguageBelongToTheToken() throws IOException {
        assertEquals(" schlüssel \t", TokenFile.read(file(" schlüssel \t\n")));
    }

    @Test
    void withoutAFileThereIsNoToken() throws IOException {
        assertNull(TokenFile.read(null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\nsecret\n", "\r\nsecret"})
    void anEmptyFirstLineIsRefused(String content) throws IOException {
        assertRefused("first line is empty", file(content));
    }

    @Test
    void aMissingFileIsRefused() {
        assertRefused("no such file", folder.resolve("missing"));
    }

    @Test
    void whatIsNoTextFileIsRefused() throws IOException {
        assertRefused("directory", folder);
        Path latin1 = folder.resolve("latin1");
        Files.write(latin1, new byte[] {'s', (byte) 0xfc, '\n'});
        assertRefused("UTF-8", latin1);
    }

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("token"), content);
    }

    private static void assertRefused(String why, Path file) {
        IOException refused = assertThrows(IOException.class, () -> TokenFile.read(file));
        String message = String.valueOf(refused.getMessage());
        assertTrue(message.startsWith("--token-file " + file + ": "), message);
        assertTrue(message.contains(why), message);
    }
}
