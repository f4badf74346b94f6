package dev.lander.listing;

import dev.lander.text.Word;

/** What has to happen before anything goes on. */
public enum WaitsFor implements Word {
    /** The client or the component may send. */
    EITHER,
    /** The client, or a balancer in front of it, is to send or to end. */
    CLIENT,
    /** The component is to connect, to answer, to send or to end. */
    COMPONENT,
    /** The client is to read what Lander holds for it. */
    CLIENT_TO_READ,
    /** The component is to read what Lander holds for it. */
    COMPONENT_TO_READ,
    /** Both are to read what Lander holds for them. */
    BOTH_TO_READ,
    /** More may be read in a moment: by {@code max_bytes_per_second}. */
    PACE,
    /** Some component is to have room. */
    ROOM
}
