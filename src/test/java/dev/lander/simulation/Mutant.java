package dev.lander.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A deliberate breakage of Lander: a piece of its text and what stands there instead.
 *
 * @param name its file's
 * @param sentence what it breaks
 * @param file whose text it is
 * @param finders the simple names of the classes of which one has to find it
 * @param text stands in the file once
 * @param replacement stands there instead
 */
record Mutant(String name, String sentence, Path file, List<String> finders, String text, String replacement) {
    private static final Path FOLDER = Path.of("src/test/resources/mutants");
    private static final String BORDER = "----\n";

    /** All, by name. */
    static List<Mutant> all() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted().map(Mutant::read).toList();
        }
    }

    private static Mutant read(Path file) {
        try {
            String[] pieces = Files.readString(file).split(BORDER, -1);
            String[] head = pieces[0].split("\n", -1);
            String name = file.getFileName().toString().replace(".txt", "");
            return new Mutant(
                    name,
                    head[0],
                    Path.of("src/main/java/dev/lander").resolve(head[1]),
                    List.of(head[2].split(" ", -1)),
                    pieces[1],
                    pieces[2]);
        } catch (IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    /** How often its text stands in its file. */
    int places() throws IOException {
        String source = Files.readString(file);
        int places = 0;
        for (int at = source.indexOf(text); at >= 0; at = source.indexOf(text, at + 1)) {
            places++;
        }
        return places;
    }

    /** The broken source. */
    String source() throws IOException {
        return Files.readString(file).replace(text, replacement);
    }
}
