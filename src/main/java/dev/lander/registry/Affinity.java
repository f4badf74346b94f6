package dev.lander.registry;

import dev.lander.text.Word;

/** Whether a UDP client stays with one component. */
public enum Affinity implements Word {
    /** Every datagram is balanced anew. */
    NONE,
    /** A client address keeps its component while its flow lives. */
    CLIENT
}
