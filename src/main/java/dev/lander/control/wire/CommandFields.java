package dev.lander.control.wire;

import dev.lander.text.DurationText;
import dev.lander.text.ShownText;
import dev.lander.text.Word;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one message, read by name and checked on the way: what does not fit is refused with a text that names
 * the field, what is allowed and what came instead.
 */
final class CommandFields {
    private static final int SHOWN_CHARACTERS = 40;
    private static final Duration LONGEST_DURATION = Duration.ofHours(24);

    /** Unknown names that are looked through for one like a missing field's. */
    private static final int UNKNOWN_KEPT = 32;

    /** The fields that some command has. All others are ignored. */
    enum Field implements Word {
        CMD,
        PROTOCOL,
        PORT,
        RELAY_PORT,
        STATE,
        HOST,
        SERVER_NAMES,
        ALPN,
        PREAMBLE,
        TOKEN,
        COMPONENT,
        AFTER,
        NAME,
        WEIGHT,
        BACKUP,
        PRIORITY,
        BALANCE,
        MAX_CONNECTIONS,
        MAX_BYTES_PER_SECOND,
        MAX_DURATION,
        METRICS_PORT,
        PROXY_PROTOCOL,
        AFFINITY,
        RESPONSES,
        MAX_NEW_PER_SECOND,
        MAX_PER_CLIENT,
        CLIENTS,
        SLOW_START,
        UDP_TIMEOUT,
        ANSWER_TIMEOUT;

        private static final Map<String, Field> BY_WORD =
                Stream.of(values()).collect(Collectors.toUnmodifiableMap(Field::word, Function.identity()));

        static Optional<Field> named(String word) {
            return Optional.ofNullable(BY_WORD.get(word));
        }
    }

    /** What a field holds. */
    sealed interface Value {}

    record Text(String text) implements Value {}

    record Whole(long number) implements Value {}

    /** An array of texts. */
    record Texts(List<String> texts) implements Value {}

    /** True or false. */
    record Flag(boolean set) implements Value {}

    /** A value that no field can have; {@code description} is for people, such as "an array". */
    record Unusable(String description) implements Value {}

    private final Map<Field, Value> values = new EnumMap<>(Field.class);
    private final List<String> unknown = new ArrayList<>();

    /** Sets a field; of several with the same name the last one counts. */
    void put(Field field, Value value) {
        values.put(field, value);
    }

    /** Remembers a field's name that no command has, in case it is like one that is missing. */
    void addUnknown(String name) {
        if (unknown.size() < UNKNOWN_KEPT && !name.isEmpty()) {
            unknown.add(name);
        }
    }

    /** Makes a field missing again. */
    void remove(Field field) {
        values.remove(field);
    }

    /** A text that must be there; {@code allowed} says what it can be, for people. */
    String text(Field field, String allowed) throws Refusal {
        String text = textIfSent(field, allowed);
        if (text == null) {
            throw refusal(field, allowed);
        }
        return text;
    }

    @Nullable
    String textIfSent(Field field, String allowed) throws Refusal {
        Value value = values.get(field);
        if (value == null) {
            return null;
        }
        if (value instanceof Text sent) {
            return sent.text();
        }
        throw refusal(field, allowed);
    }

    /** A whole number that must be there. */
    int number(Field field, int least, int most) throws Refusal {
        Integer number = numberIfSent(field, least, most);
        if (number == null) {
            throw refusal(field, wholeNumber(least, most));
        }
        return number;
    }

    int number(Field field, int least, int most, int otherwise) throws Refusal {
        Integer number = numberIfSent(field, least, most);
        return number == null ? otherwise : number;
    }

    @Nullable
    Integer numberIfSent(Field field, int least, int most) throws Refusal {
        Value value = values.get(field);
        if (value == null) {
            return null;
        }
        if (value instanceof Whole sent && sent.number() >= least && sent.number() <= most) {
            return (int) sent.number();
        }
        throw refusal(field, wholeNumber(least, most));
    }

    /** True or false; whoever knows no booleans, as Perl, sends 1 and 0. */
    @Nullable
    Boolean flagIfSent(Field field) throws Refusal {
        Value value = values.get(field);
        if (value == null) {
            return null;
        }
        if (value instanceof Flag sent) {
            return sent.set();
        }
        if (value instanceof Whole sent && (sent.number() == 0 || sent.number() == 1)) {
            return sent.number() == 1;
        }
        throw refusal(field, "true or false");
    }

    /** As many texts as this, one at least. */
    @Nullable
    List<String> textsIfSent(Field field, int most, String allowed) throws Refusal {
        Value value = values.get(field);
        if (value == null) {
            return null;
        }
        if (value instanceof Texts sent
                && !sent.texts().isEmpty()
                && sent.texts().size() <= most) {
            return sent.texts();
        }
        String what = "an array of 1 to " + most + " " + allowed;
        if (value instanceof Texts sent) {
            throw new Refusal(
                    ErrorCode.INVALID_REQUEST,
                    notAllowed(field, what, "one of " + sent.texts().size()));
        }
        throw refusal(field, what);
    }

    /** Nanoseconds. */
    @Nullable
    Long durationNsIfSent(Field field, Duration shortest) throws Refusal {
        String allowed = "a duration like 250ms, 5s, 10m or 1h, " + (shortest.isZero() ? "" : "longer than 0 and ")
                + "at most 24h";
        String text = textIfSent(field, allowed);
        if (text == null) {
            return null;
        }
        try {
            Duration duration = DurationText.parse(text);
            if (duration.compareTo(shortest) >= 0 && duration.compareTo(LONGEST_DURATION) <= 0) {
                return duration.toNanos();
            }
        } catch (IllegalArgumentException noDuration) {
            // refused as is one that is too long
        }
        throw refusal(field, allowed);
    }

    /** One of a closed set of words. */
    <E extends Enum<E> & Word> @Nullable E choiceIfSent(Field field, E[] choices) throws Refusal {
        String allowed = alternatives(Arrays.stream(choices).map(Word::word).toList());
        String text = textIfSent(field, allowed);
        if (text == null) {
            return null;
        }
        for (E choice : choices) {
            if (choice.word().equals(text)) {
                return choice;
            }
        }
        throw refusal(field, allowed);
    }

    /** The refusal of what a field holds, or of its lack. */
    Refusal refusal(Field field, String allowed) {
        return refusal(ErrorCode.INVALID_REQUEST, field, allowed);
    }

    Refusal refusal(ErrorCode error, Field field, String allowed) {
        Value value = values.get(field);
        if (value == null) {
            return new Refusal(error, field.word() + " must be " + allowed + "; it is missing" + likeIt(field));
        }
        return new Refusal(error, notAllowed(field, allowed, shown(field, value)));
    }

    private static String notAllowed(Field field, String allowed, String sent) {
        return field.word() + " must be " + allowed + ", not " + sent;
    }

    /** The refusal of one of the texts in an array. */
    static Refusal refusalOf(Field field, String text, String allowed) {
        return new Refusal(ErrorCode.INVALID_REQUEST, notAllowed(field, allowed, quoted(text)));
    }

    private String likeIt(Field field) {
        return unknown.stream()
                .filter(name -> plain(name).equals(plain(field.word())))
                .findFirst()
                .map(name -> "; there is " + quoted(name))
                .orElse("");
    }

    /** The name without what languages write differently: {@code relayPort}, {@code Relay-Port}, {@code relay_port}. */
    private static String plain(String name) {
        return name.replaceAll("[-_ .]", "").toLowerCase(Locale.ROOT);
    }

    private static String wholeNumber(int least, int most) {
        return "an integer from " + least + " to " + most;
    }

    /** As in {@code a, b or c}. */
    static String alternatives(List<String> words) {
        int last = words.size() - 1;
        if (last == 0) {
            return words.get(0);
        }
        return String.join(", ", words.subList(0, last)) + " or " + words.get(last);
    }

    private static String shown(Field field, Value value) {
        if (field == Field.TOKEN && value instanceof Whole) {
            return "an integer"; // it may be the secret all the same
        }
        if (value instanceof Text sent) {
            return quoted(sent.text());
        }
        if (value instanceof Whole sent) {
            return Long.toString(sent.number());
        }
        if (value instanceof Unusable sent) {
            return sent.description();
        }
        return value instanceof Flag ? "a boolean" : "an array";
    }

    /** A peer's text, cut short. */
    static String quoted(String text) {
        return ShownText.quoted(text, SHOWN_CHARACTERS);
    }
}
