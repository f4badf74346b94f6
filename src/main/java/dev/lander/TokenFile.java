package dev.lander;

import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The file that holds the shared secret. */
final class TokenFile {
    private TokenFile() {}

    /**
     * The file's first line without its line end; null when there is no file to read.
     *
     * @throws IOException when it can't be read or its first line is empty; the message is for users
     */
    static @Nullable String read(@Nullable Path file) throws IOException {
        if (file == null) {
            return null;
        }
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            String token = lines.readLine();
            if (token == null || token.isEmpty()) {
                throw new IOException("--token-file " + file + ": its first line is empty");
            }
            return token;
        } catch (NoSuchFileException | FileNotFoundException missing) {
            throw new IOException("--token-file " + file + ": no such file", missing);
        }
    }
}
