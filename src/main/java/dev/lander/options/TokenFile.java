package dev.lander.options;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The file that holds the shared secret. */
public final class TokenFile {
    private TokenFile() {}

    /**
     * The file's first line without its line end; null when there is no file to read.
     *
     * @throws IOException when it can't be read or its first line is empty; the message is for users
     */
    public static @Nullable String read(@Nullable Path file) throws IOException {
        if (file == null) {
            return null;
        }
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            String token = lines.readLine();
            if (token != null && !token.isEmpty()) {
                return token;
            }
        } catch (IOException refused) {
            throw new IOException("--token-file " + file + ": " + reason(refused), refused);
        }
        throw new IOException("--token-file " + file + ": its first line is empty");
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
