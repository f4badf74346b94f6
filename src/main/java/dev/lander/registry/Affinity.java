package dev.lander.registry;

/** Whether a UDP client stays with one component. */
public enum Affinity {
    /** Every datagram is balanced anew. */
    NONE("none"),
    /** A client address keeps its component while its flow lives. */
    CLIENT("client");

    private final String wireName;

    Affinity(String wireName) {
        this.wireName = wireName;
    }

    /** The name in messages. */
    public String wireName() {
        return wireName;
    }
}
