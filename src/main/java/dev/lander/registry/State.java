package dev.lander.registry;

/** A component's state as users see it: good, or the first of its marks. */
public enum State {
    GOOD("good"),
    DRAINING("draining"),
    BAD("bad"),
    UNREACHABLE("unreachable"),
    SILENT("silent");

    private final String wireName;

    State(String wireName) {
        this.wireName = wireName;
    }

    /** The name in messages, metrics and on the status page. */
    public String wireName() {
        return wireName;
    }
}
