package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lander.control.wire.ErrorCode;
import dev.lander.listing.ClusterEvent;
import dev.lander.listing.RelayPhase;
import dev.lander.listing.WaitsFor;
import dev.lander.metrics.Counter;
import dev.lander.registry.RegistryEvent;
import dev.lander.relay.RelayEnd;
import dev.lander.text.Word;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The manual's index "if you see": every word that Lander shows is in it, and no row of it is empty. */
class ManualIndexTest {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Path PAGE = Path.of("src/main/resources/dev/lander/admin/events.js");
    private static final Pattern LOGGED = Pattern.compile("LOG\\s*\\.(?:info|warn|error)\\(\\s*\"([^\"]+)\"");
    private static final Pattern PAGE_WORD = Pattern.compile("^    (\\w+): \\[", Pattern.MULTILINE);

    @Test
    void everyEventOfTheRegistryIsInIt() throws IOException {
        assertInIndex("An event", Stream.of(RegistryEvent.values()).map(one -> "`" + one.word() + "`"));
    }

    @Test
    void everyEventOfTheClusterIsInIt() throws IOException {
        assertInIndex(
                "An event of the cluster", Stream.of(ClusterEvent.values()).map(one -> "`" + one.word() + "`"));
    }

    @Test
    void everyCounterIsInIt() throws IOException {
        assertInIndex(
                "A counted cause",
                Stream.of(Counter.values()).map(one -> "`" + one.family() + "` `" + one.cause() + "`"));
    }

    @Test
    void everyEndOfTheAccessLogIsInIt() throws IOException {
        assertInIndex("The access log's end", Stream.of(RelayEnd.values()).map(one -> "`" + one.word() + "`"));
    }

    @Test
    void everyErrorCodeIsInIt() throws IOException {
        assertInIndex(
                "An error code", Stream.of(ErrorCode.values()).map(one -> "`" + one.number() + "` " + one.name()));
    }

    @Test
    void everyPhaseOfARelayAndWhatItWaitsForIsExplained() throws IOException {
        String rows = between(Files.readString(Path.of("docs/protocol.md")), "\n### relays\n", "\n## ")
                .lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split("\\|", -1)[1])
                .collect(Collectors.joining("\n"));
        List<String> untold = Stream.<Word>concat(Stream.of(RelayPhase.values()), Stream.of(WaitsFor.values()))
                .map(one -> "`" + one.word() + "`")
                .filter(one -> !rows.contains(one))
                .toList();
        assertEquals(List.of(), untold);
    }

    @Test
    void everyOtherLineOfTheLogIsInIt() throws IOException {
        Set<String> lines = new TreeSet<>();
        for (Path file : javaFiles()) {
            LOGGED.matcher(Files.readString(file))
                    .results()
                    .map(logged -> beginning(logged.group(1)))
                    .forEach(lines::add);
        }
        lines.removeAll(Set.of("", "cause=", "service=", "active=")); // those are enums' words, looked for above
        assertFalse(lines.isEmpty());
        assertInIndex("Any other line of the log", lines.stream());
    }

    @Test
    void everyRowSaysWhatItMeansAndWhatToDo() throws IOException {
        String index = between(manual(), "\n## If you see\n", "\n## ");
        Set<String> wrong = index.lines()
                .filter(line -> line.startsWith("|") && !line.startsWith("|---"))
                .filter(line -> !line.matches("\\| [^|]+ \\| [^|]+ \\| [^|]+ \\|"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(Set.of(), wrong);
    }

    @Test
    void theStatusPageNamesTheSameEvents() throws IOException {
        Set<String> named = PAGE_WORD
                .matcher(Files.readString(PAGE))
                .results()
                .map((MatchResult found) -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(
                Stream.<Word>concat(Stream.of(RegistryEvent.values()), Stream.of(ClusterEvent.values()))
                        .map(Word::word)
                        .collect(Collectors.toCollection(TreeSet::new)),
                named);
    }

    private static void assertInIndex(String part, Stream<String> shown) throws IOException {
        String firstColumn = between(manual(), "\n### " + part + "\n", "\n#")
                .lines()
                .filter(line -> line.startsWith("| "))
                .map(line -> line.split("\\|", -1)[1])
                .collect(Collectors.joining("\n"));
        assertEquals(List.of(), shown.filter(one -> !firstColumn.contains(one)).toList());
    }

    /** What a line begins with, up to its first variable part. */
    private static String beginning(String format) {
        return format.replaceFirst("^(\\{} ?)+", "")
                .replaceFirst("[{':].*$", "")
                .strip();
    }

    private static String between(String text, String start, String end) {
        int from = text.indexOf(start) + start.length();
        assertFalse(from < start.length(), start);
        int to = text.indexOf(end, from);
        return text.substring(from, to < 0 ? text.length() : to);
    }

    private static String manual() throws IOException {
        return Files.readString(Path.of("docs/operations.md"));
    }

    private static List<Path> javaFiles() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }
}
