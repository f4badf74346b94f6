package dev.lander.options;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One thing that users can set.
 *
 * @param name as it is written, with its dashes
 * @param label what stands for its value in the help; empty = it has none, it is there or not
 * @param unset its value when nobody sets it, as a user would write it; null = it has none
 * @param shownUnset the same in the help
 * @param meaning for the help
 * @param parser reads a value; throws IllegalArgumentException with a message for users
 */
record Option<T>(
        String name,
        String label,
        @Nullable String unset,
        String shownUnset,
        String meaning,
        Function<String, T> parser) {
    /** One that has a value even when nobody sets it. */
    static <T> Option<T> of(String name, String label, String unset, Function<String, T> parser, String meaning) {
        return new Option<>(name, label, unset, unset, meaning, parser);
    }

    /**
     * One that has no value when nobody sets it.
     *
     * @param shownUnset what that means
     */
    static <T> Option<T> optional(
            String name, String label, String shownUnset, Function<String, T> parser, String meaning) {
        return new Option<>(name, label, null, shownUnset, meaning, parser);
    }

    /** One that is there or not. */
    static Option<Boolean> flag(String name, String meaning) {
        return new Option<>(name, "", "off", "off", meaning, ValueParsers::flag);
    }

    boolean isFlag() {
        return label.isEmpty();
    }

    /** Its meaning, and its value when nobody sets it. */
    String help() {
        return shownUnset.isEmpty() ? meaning : meaning + " (" + shownUnset + ")";
    }
}
