package dev.lander.admin;

import dev.lander.text.ShownText;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What follows the question mark of a request: fields by name, of which unknown ones are ignored. */
final class Query {
    /** A field is not what it must be; the message is for users, and names it. Without a stack trace. */
    static final class WrongFieldException extends Exception {
        private static final long serialVersionUID = 1;

        WrongFieldException(String message) {
            super(message, null, false, false);
        }

        String text() {
            return String.valueOf(getMessage());
        }
    }

    /** Characters of what came instead. */
    private static final int MOST_SHOWN = 40;

    private final Map<String, String> fields = new HashMap<>();

    /**
     * Reads it.
     *
     * @param raw as it came, without the question mark
     */
    Query(String raw) {
        for (String field : raw.split("&", -1)) {
            int equals = field.indexOf('=');
            if (equals > 0) {
                fields.putIfAbsent(field.substring(0, equals), field.substring(equals + 1));
            }
        }
    }

    /** The field's text; null when there is none. */
    @Nullable
    String text(String name) throws WrongFieldException {
        String sent = fields.get(name);
        try {
            return sent == null ? null : URLDecoder.decode(sent, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw wrong(name, "URL-encoded UTF-8", sent);
        }
    }

    /** The field's number; {@code otherwise} when there is none. */
    long number(String name, long least, long most, long otherwise) throws WrongFieldException {
        String sent = text(name);
        if (sent == null) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(sent);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException noNumber) {
            // refused as is one that is out of range
        }
        String range = most == Long.MAX_VALUE ? "" : " from " + least + " to " + most;
        throw wrong(name, "a whole number" + range, sent);
    }

    /** The refusal of a field. */
    static WrongFieldException wrong(String name, String allowed, @Nullable String sent) {
        return new WrongFieldException(
                name + " must be " + allowed + ", not " + ShownText.quoted(String.valueOf(sent), MOST_SHOWN));
    }
}
