package dev.lander.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/** An input that did harm. */
final class Found {
    private static final Path FOLDER = Path.of("target", "fuzz");
    private static final int SHOWN_BYTES = 1_000;

    private Found() {}

    /** Writes the input to a file and tells of it; to be thrown. */
    static AssertionError by(byte[] input, String origin, Throwable harm) {
        Path file = FOLDER.resolve("%08x.bin".formatted(Arrays.hashCode(input)));
        try {
            Files.createDirectories(FOLDER);
            Files.write(file, input);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int shown = Math.min(input.length, SHOWN_BYTES);
        String told = "%s%n%s%n%d bytes: %s%s%nwritten to %s; copied to src/test/resources/fuzz it becomes a seed"
                .formatted(
                        harm,
                        origin,
                        input.length,
                        HexFormat.ofDelimiter(" ").formatHex(input, 0, shown),
                        shown < input.length ? " ..." : "",
                        file);
        System.out.println("fuzz: " + told);
        return new AssertionError(told, harm);
    }
}
