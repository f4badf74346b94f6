package dev.lander.registry;

/** What all components together have done; that of those that have left stays counted. */
public final class Traffic {
    /**
     * Counts since the start.
     *
     * @param connections TCP relays begun
     * @param datagrams UDP datagrams sent to components
     * @param bytesIn from clients to components
     * @param bytesOut from components to clients
     */
    public record Totals(long connections, long datagrams, long bytesIn, long bytesOut) {}

    private long connections;
    private long datagrams;
    private long bytesIn;
    private long bytesOut;

    void countBegun(Protocol protocol) {
        if (protocol == Protocol.TCP) {
            connections++;
        } else {
            datagrams++;
        }
    }

    void countBytesIn(long bytes) {
        bytesIn += bytes;
    }

    void countBytesOut(long bytes) {
        bytesOut += bytes;
    }

    Totals totals() {
        return new Totals(connections, datagrams, bytesIn, bytesOut);
    }
}
