package dev.lander.options;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was written for each option. */
final class Values {
    /**
     * One value as it was written.
     *
     * @param origin names the option, and the variable when it comes from there
     */
    record Written(String origin, String text) {}

    private final Map<String, Written> byName;

    Values(Map<String, Written> byName) {
        this.byName = Map.copyOf(byName);
    }

    /** The option's value. */
    <T> T get(Option<T> option) throws BadArgument {
        T value = find(option);
        if (value == null) {
            throw new BadArgument(option.name() + " is missing");
        }
        return value;
    }

    /** The option's value, or another when nobody has set it. */
    <T> T find(Option<T> option, T other) throws BadArgument {
        T value = find(option);
        return value == null ? other : value;
    }

    /** The option's value; null = it has none. */
    <T> @Nullable T find(Option<T> option) throws BadArgument {
        Written written = byName.get(option.name());
        if (written == null) {
            String unset = option.unset();
            return unset == null ? null : option.parser().apply(unset);
        }
        try {
            return option.parser().apply(written.text());
        } catch (IllegalArgumentException refused) {
            throw new BadArgument(written.origin() + ": " + refused.getMessage());
        }
    }
}
