package dev.lander.registry;

import dev.lander.text.Word;

/** A component's state as users see it: good, or the first of its marks. */
public enum State implements Word {
    GOOD,
    DRAINING,
    BAD,
    UNREACHABLE,
    SILENT
}
