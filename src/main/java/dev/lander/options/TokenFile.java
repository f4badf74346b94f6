package dev.lander.options;

import dev.lander.text.TextFile;
import java.io.IOException;
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
        String token;
        try {
            token = TextFile.read(file).lines().findFirst().orElse("");
        } catch (IOException refused) {
            throw new IOException("--token-file " + file + ": " + refused.getMessage(), refused);
        }
        if (token.isEmpty()) {
            throw new IOException("--token-file " + file + ": its first line is empty");
        }
        return token;
    }
}
