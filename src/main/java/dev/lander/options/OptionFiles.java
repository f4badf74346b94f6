package dev.lander.options;

import dev.lander.text.TextFile;
import java.io.IOException;
import java.io.StreamTokenizer;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Files that hold a part of the command line, as {@code @FILE} names them. */
final class OptionFiles {
    private OptionFiles() {}

    /**
     * The command line with what its files hold in their place; {@code @@} begins a word that begins with {@code @}.
     *
     * @throws BadArgument when a file can't be read
     */
    static List<String> expand(List<String> words) throws BadArgument {
        List<String> expanded = new ArrayList<>();
        expand(words, expanded, Set.of());
        return expanded;
    }

    private static void expand(List<String> words, List<String> expanded, Set<String> within) throws BadArgument {
        for (String word : words) {
            if (word.startsWith("@@")) {
                expanded.add(word.substring(1));
            } else if (!word.startsWith("@")) {
                expanded.add(word);
            } else if (within.contains(word)) {
                throw new BadArgument(word + ": this file names itself");
            } else {
                Set<String> deeper = new LinkedHashSet<>(within);
                deeper.add(word);
                expand(wordsOf(word), expanded, deeper);
            }
        }
    }

    private static List<String> wordsOf(String reference) throws BadArgument {
        try {
            return split(TextFile.read(ValueParsers.file(reference.substring(1))));
        } catch (IOException | IllegalArgumentException refused) {
            throw new BadArgument(reference + ": " + refused.getMessage());
        }
    }

    /** Words are apart by white space, unless quoted; {@code #} begins a remark. */
    private static List<String> split(String text) throws IOException {
        StreamTokenizer tokens = new StreamTokenizer(new StringReader(text));
        tokens.resetSyntax();
        tokens.wordChars(' ', 255);
        tokens.whitespaceChars(0, ' ');
        tokens.quoteChar('"');
        tokens.quoteChar('\'');
        tokens.commentChar('#');
        List<String> words = new ArrayList<>();
        while (tokens.nextToken() != StreamTokenizer.TT_EOF) {
            words.add(tokens.sval);
        }
        return words;
    }
}
