package dev.lander.registry;

/** What a service speaks; TCP 53 and UDP 53 are two services. */
public enum Protocol {
    TCP("tcp"),
    UDP("udp");

    private final String wireName;

    Protocol(String wireName) {
        this.wireName = wireName;
    }

    /** The name in messages and logs: {@code tcp} or {@code udp}. */
    public String wireName() {
        return wireName;
    }
}
