package dev.lander.registry;

/** The balancing policies that a service can ask for. */
public enum Balance {
    ROUNDROBIN("roundrobin"),
    LEASTCONN("leastconn"),
    RANDOM("random"),
    SOURCE("source");

    private final String wireName;

    Balance(String wireName) {
        this.wireName = wireName;
    }

    /** The name in messages, metrics and on the status page. */
    public String wireName() {
        return wireName;
    }
}
