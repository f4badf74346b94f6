package dev.lander.text;

import org.jspecify.annotations.Nullable;

/** Text of somebody else's, fit for one line of a log or a terminal: it can neither look like more nor print oddly. */
public final class ShownText {
    private ShownText() {}

    /**
     * In quotation marks, with escapes for those within, and for what is not seen as it is: those of JSON, which
     * readers of logfmt know.
     *
     * @param longest characters from which on it is cut
     */
    public static String quoted(String text, int longest) {
        StringBuilder quoted = new StringBuilder("\"");
        int end = 0;
        while (end < text.length() && quoted.length() <= longest) {
            int character = text.codePointAt(end);
            end += Character.charCount(character);
            if (!isPlain(character)) {
                for (char unit : Character.toChars(character)) {
                    quoted.append(String.format("\\u%04x", (int) unit));
                }
                continue;
            }
            if (character == '"' || character == '\\') {
                quoted.append('\\');
            }
            quoted.appendCodePoint(character);
        }
        return quoted.append(end < text.length() ? "...\"" : "\"").toString();
    }

    /** Like {@link #quoted(String, int)}, but not cut. */
    public static String quoted(@Nullable String text) {
        return quoted(String.valueOf(text), Integer.MAX_VALUE);
    }

    /** As a value in {@code key=value} form: as it is, or in quotation marks where that would be ambiguous. */
    public static String value(String text) {
        boolean isWord = text.codePoints().allMatch(character -> isPlain(character) && " \"=\\".indexOf(character) < 0);
        return isWord ? text : quoted(text);
    }

    private static boolean isPlain(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
