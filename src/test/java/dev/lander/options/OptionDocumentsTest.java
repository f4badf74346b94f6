package dev.lander.options;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written about options, held to the one table of them. */
class OptionDocumentsTest {
    private static final Pattern ROW =
            Pattern.compile("^\\| `(--[a-z-]+)(?: ([^`]+))?` \\| ([^|]*)\\|", Pattern.MULTILINE);
    private static final Pattern NAME = Pattern.compile("--[a-z]+(-[a-z]+)*");

    /** The names, what stands for their values, and what holds when nobody sets them, in the same order. */
    @Test
    void theReadmesTableIsTheOptionsAndTheirDefaults() throws IOException {
        assertEquals(expected(), rows("README.md", true));
    }

    /** Its defaults are translated where they are words. */
    @Test
    void theKoreanReadmesTableIsTheOptions() throws IOException {
        assertEquals(
                List.copyOf(expected().keySet()),
                List.copyOf(rows("docs/README.ko.md", false).keySet()));
        Map<String, String> defaults = rows("docs/README.ko.md", true);
        for (Option<?> option : OptionTable.ALL) {
            if (option.unset() != null && !option.isFlag()) {
                assertEquals(option.unset(), defaults.get(key(option)), option::name);
            }
        }
    }

    @Test
    void theHelpListsThemWithTheirDefaults() {
        String help = new ArgumentParser(Map.of()).help().replaceAll("\\s+", " ");
        int from = 0;
        for (Option<?> option : OptionTable.ALL) {
            String told = (key(option).replaceFirst(" ", "=") + " " + option.help());
            int at = help.indexOf(told, from);
            assertTrue(at > 0, () -> told + " is not in its place in " + help);
            from = at;
        }
    }

    /** The build writes the list itself from the help; the rest of the page names options as well. */
    @ParameterizedTest
    @ValueSource(strings = {"src/dist/lander.8", "src/dist/lander.default"})
    void whatElseNamesOptionsNamesThoseThatExist(String document) throws IOException {
        List<String> known = OptionTable.ALL.stream().map(Option::name).toList();
        List<String> named = NAME.matcher(Files.readString(Path.of(document)).replace("\\-", "-"))
                .results()
                .map(MatchResult::group)
                .toList();
        assertTrue(known.containsAll(named), () -> named + " of " + document);
    }

    @Test
    void theManualsListIsTheHelps() throws IOException {
        assertTrue(Files.readString(Path.of("src/dist/lander.8")).contains("\n@OPTIONS@\n"));
    }

    private static Map<String, String> expected() {
        Map<String, String> expected = new LinkedHashMap<>();
        OptionTable.ALL.forEach(option -> expected.put(key(option), option.shownUnset()));
        return expected;
    }

    private static String key(Option<?> option) {
        return option.isFlag() ? option.name() : option.name() + " " + option.label();
    }

    private static Map<String, String> rows(String document, boolean withDefaults) throws IOException {
        Map<String, String> rows = new LinkedHashMap<>();
        ROW.matcher(Files.readString(Path.of(document))).results().forEach(row -> {
            String value = row.group(2);
            rows.put(
                    value == null ? row.group(1) : row.group(1) + " " + value,
                    withDefaults ? row.group(3).strip() : "");
        });
        rows.remove("--version");
        return rows;
    }
}
