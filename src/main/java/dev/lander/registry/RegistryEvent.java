package dev.lander.registry;

import dev.lander.text.Word;

/** What an {@link Observer} hears of, by the word that the log, {@code /api/events} and the manual have for it. */
public enum RegistryEvent implements Word {
    REGISTERED,
    REGISTERED_AGAIN,
    LEFT,
    OUT_OF_ROTATION,
    IN_ROTATION,
    PORT_BOUND,
    PORT_CLOSED,
    /** Not in the log: the refusal of the register is. */
    BIND_FAILED
}
