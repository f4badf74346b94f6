package dev.lander.control.stream;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What is in a PEM file. All it throws is an {@link IOException} for users, which names the option and the file.
 *
 * @param source the option that names the file, and the file
 * @param blocks in the file's order; what is around them is ignored
 */
record PemFile(String source, List<Block> blocks) {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([^-]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

    /**
     * What is between a BEGIN and its END.
     *
     * @param label what it is, as it says
     * @param text not decoded
     */
    record Block(String label, String text) {}

    static PemFile read(String option, Path file) throws IOException {
        String source = option + " " + file;
        try {
            String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            List<Block> blocks = BLOCK.matcher(text)
                    .results()
                    .map(found -> new Block(found.group(1), found.group(2)))
                    .toList();
            return new PemFile(source, blocks);
        } catch (NoSuchFileException missing) {
            throw new IOException(source + ": no such file", missing);
        } catch (AccessDeniedException denied) {
            throw new IOException(source + ": permission denied", denied);
        } catch (IOException refused) {
            throw new IOException(source + ": " + refused.getMessage(), refused);
        }
    }

    /** The block's bytes. */
    byte[] decode(Block block) throws IOException {
        try {
            return Base64.getMimeDecoder().decode(block.text());
        } catch (IllegalArgumentException broken) {
            throw refusal("its " + block.label() + " is damaged", broken);
        }
    }

    IOException refusal(String why) {
        return new IOException(source + ": " + why);
    }

    IOException refusal(String why, Exception cause) {
        return new IOException(source + ": " + why, cause);
    }
}
