package dev.lander.text;

import java.util.Locale;

/** An enum whose constants have a word each in messages, logs, metrics and on the status page. */
public interface Word {
    /** The constant's name in the code. */
    String name();

    /** What users see: the constant's name in lower case, unless the enum says otherwise. */
    default String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
