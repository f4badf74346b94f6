package dev.lander.text;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Small files of text that users write. */
public final class TextFile {
    /** Some editors put it at a file's begin. */
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private TextFile() {}

    /**
     * What the file holds, without a byte order mark. UTF-8, whatever the locale says.
     *
     * @throws IOException when it can't be read; the message is for users, without the file's name
     */
    public static String read(Path file) throws IOException {
        try {
            String text = Files.readString(file, StandardCharsets.UTF_8);
            return text.startsWith(BYTE_ORDER_MARK) ? text.substring(BYTE_ORDER_MARK.length()) : text;
        } catch (IOException refused) {
            throw new IOException(reason(refused), refused);
        }
    }

    private static String reason(IOException refused) {
        if (refused instanceof NoSuchFileException) {
            return "no such file";
        } else if (refused instanceof AccessDeniedException) {
            return "permission denied";
        }
        return refused instanceof CharacterCodingException ? "not UTF-8" : String.valueOf(refused.getMessage());
    }
}
