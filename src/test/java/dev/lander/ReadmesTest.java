package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The Korean README says what README.md says: whatever is not language is compared, section by section. */
class ReadmesTest {
    private static final Pattern CODE_WORD = Pattern.compile("`([^`]+)`");
    private static final Pattern LINK = Pattern.compile("]\\(([^)]+)\\)");

    /** Smaller ones are words in one language or the other. */
    private static final Pattern NUMBER = Pattern.compile("\\d[\\d,]+\\d");

    /** A measured figure, a version. */
    private static final Pattern DECIMAL = Pattern.compile("\\d+\\.\\d+");

    private static final Pattern COMMENT = Pattern.compile(" +# .*");
    private static final Pattern HANGUL = Pattern.compile("\\p{IsHangul}");

    /** The lines of a section, apart by what they are. */
    private static final class Section {
        final List<String> code = new ArrayList<>();
        final List<String> rows = new ArrayList<>();
        final StringBuilder prose = new StringBuilder();
    }

    private final List<Section> english = sections("README.md");
    private final List<Section> korean = sections("docs/README.ko.md");

    ReadmesTest() throws IOException {}

    @Test
    void theyHaveTheSameSections() {
        assertTrue(english.size() > 5);
        assertEquals(english.size(), korean.size());
    }

    @Test
    void theyHaveTheSameCommandsAndCode() {
        for (int i = 0; i < english.size(); i++) {
            List<String> expected = english.get(i).code;
            List<String> told = korean.get(i).code;
            assertEquals(withoutComments(expected), withoutComments(told));
            for (int line = 0; line < told.size(); line++) {
                boolean translated = HANGUL.matcher(told.get(line)).find();
                assertTrue(translated || expected.get(line).equals(told.get(line)), told.get(line));
            }
        }
    }

    /** The same cells are empty, and in each are the same words of code and the same decimals. */
    @Test
    void theyHaveTheSameTables() {
        for (int i = 0; i < english.size(); i++) {
            assertEquals(facts(english.get(i).rows), facts(korean.get(i).rows));
        }
    }

    @Test
    void theirTextsHaveTheSameWordsOfCode() {
        for (int i = 0; i < english.size(); i++) {
            assertEquals(all(CODE_WORD, english.get(i).prose), all(CODE_WORD, korean.get(i).prose));
        }
    }

    @Test
    void theirTextsHaveTheSameNumbers() {
        for (int i = 0; i < english.size(); i++) {
            assertEquals(all(NUMBER, english.get(i).prose), all(NUMBER, korean.get(i).prose));
        }
    }

    @Test
    void theyLinkToTheSamePages() {
        for (int i = 0; i < english.size(); i++) {
            assertEquals(pages(Path.of(""), english.get(i)), pages(Path.of("docs"), korean.get(i)));
        }
    }

    private static List<Section> sections(String document) throws IOException {
        List<Section> sections = new ArrayList<>(List.of(new Section()));
        boolean fenced = false;
        for (String line : Files.readAllLines(Path.of(document))) {
            if (line.startsWith("## ")) {
                sections.add(new Section());
                continue;
            }
            Section section = sections.get(sections.size() - 1);
            boolean fence = line.startsWith("```");
            fenced ^= fence;
            if (fenced || fence || line.startsWith("    ")) {
                section.code.add(line);
            } else if (line.startsWith("|")) {
                section.rows.add(line);
            } else {
                section.prose.append(line).append('\n');
            }
        }
        return sections;
    }

    private static List<String> withoutComments(List<String> code) {
        return code.stream().map(line -> COMMENT.matcher(line).replaceAll("")).toList();
    }

    /** Of each cell its words of code, in any order, and its decimals, in theirs; - = it is empty. */
    private static String facts(List<String> rows) {
        return rows.stream()
                .map(row -> Stream.of(row.split("\\|", -1))
                        .map(cell -> cell.isBlank() ? "-" : all(CODE_WORD, cell).toString() + decimals(cell))
                        .collect(Collectors.joining("|")))
                .collect(Collectors.joining("\n"));
    }

    private static List<String> decimals(String cell) {
        return DECIMAL.matcher(cell).results().map(MatchResult::group).toList();
    }

    private static SortedSet<String> all(Pattern pattern, CharSequence text) {
        return pattern.matcher(text).results().map(MatchResult::group).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Where its links lead, from the project's folder; but for the one to the other README. */
    private static SortedSet<String> pages(Path folder, Section section) {
        return LINK.matcher(section.prose + String.join("\n", section.rows))
                .results()
                .map(link -> folder.resolve(link.group(1)).normalize().toString())
                .filter(page -> !page.contains("README"))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
