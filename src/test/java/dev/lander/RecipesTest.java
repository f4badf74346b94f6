package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.registry.Balance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The recipes of docs/hacking.md: their places are there, and what they ask for was done for what exists. */
class RecipesTest {
    private static final Pattern PLACE = Pattern.compile("`((?:src|docs|clients)/[A-Za-z0-9_./-]+|README\\.md)`");

    private static final Pattern CLASS = Pattern.compile("`([A-Z][A-Za-z]+)`");

    @Test
    void everyPlaceThatARecipeNamesIsThere() throws IOException {
        List<String> places = PLACE.matcher(read("docs/hacking.md"))
                .results()
                .map(place -> place.group(1))
                .toList();
        assertTrue(places.size() > 30, places::toString);
        assertEquals(
                List.of(),
                places.stream().filter(place -> !Files.exists(Path.of(place))).toList());
    }

    /** The architecture, too, is true only as long as its classes are there. */
    @Test
    void everyClassThatTheArchitectureNamesIsThere() throws IOException {
        Set<String> classes;
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            classes = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .map(name -> name.replace(".java", ""))
                    .collect(Collectors.toSet());
        }
        classes.addAll(Set.of("Error", "IOException"));
        List<String> gone = CLASS.matcher(read("docs/architecture.md"))
                .results()
                .map(name -> name.group(1))
                .filter(name -> !classes.contains(name))
                .toList();
        assertEquals(List.of(), gone);
    }

    @Test
    void everyPolicyIsToldWhereUsersLook() throws IOException {
        for (String document : List.of("docs/protocol.md", "docs/traffic.md")) {
            String text = read(document);
            List<String> untold = Arrays.stream(Balance.values())
                    .map(Balance::word)
                    .filter(word -> !text.contains(word))
                    .toList();
            assertEquals(List.of(), untold, document);
        }
    }

    private static String read(String file) throws IOException {
        return Files.readString(Path.of(file));
    }
}
