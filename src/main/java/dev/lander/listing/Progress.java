package dev.lander.listing;

/**
 * How far a client's connection or a flow has come.
 *
 * @param bytesIn bytes from the client
 * @param bytesOut bytes from the component
 * @param spilled bytes that Lander holds since a side does not read them
 */
public record Progress(RelayPhase phase, WaitsFor waitsFor, long bytesIn, long bytesOut, long spilled) {
    /** One direction of a TCP relay. */
    public interface Way {
        /** Bytes read from the source. */
        long total();

        /** Bytes of them that the sink has not taken. */
        int spilled();

        /** Whether nothing is read before the sink takes something. */
        boolean wantsSink();

        /** Whether nothing is read, so that it is not faster than it may be. */
        boolean isPaused();

        /** Whether the source has ended. */
        boolean hasEnded();
    }

    /** Before anything was relayed. */
    public static Progress before(RelayPhase phase, WaitsFor waitsFor) {
        return new Progress(phase, waitsFor, 0, 0, 0);
    }

    /** Of a TCP relay. */
    public static Progress relaying(Way in, Way out) {
        return of(RelayPhase.RELAYING, awaitedBy(in, out), in, out);
    }

    /** Of a TCP relay of which one side has gone by a reset; the other is yet to get its last bytes. */
    public static Progress resetting(boolean clientIsLeft, Way in, Way out) {
        return of(RelayPhase.RESETTING, clientIsLeft ? WaitsFor.CLIENT_TO_READ : WaitsFor.COMPONENT_TO_READ, in, out);
    }

    private static Progress of(RelayPhase phase, WaitsFor waitsFor, Way in, Way out) {
        return new Progress(phase, waitsFor, in.total(), out.total(), (long) in.spilled() + out.spilled());
    }

    private static WaitsFor awaitedBy(Way in, Way out) {
        if (in.wantsSink()) {
            return out.wantsSink() ? WaitsFor.BOTH_TO_READ : WaitsFor.COMPONENT_TO_READ;
        } else if (out.wantsSink()) {
            return WaitsFor.CLIENT_TO_READ;
        } else if (in.isPaused() || out.isPaused()) {
            return WaitsFor.PACE;
        } else if (in.hasEnded()) {
            return WaitsFor.COMPONENT;
        }
        return out.hasEnded() ? WaitsFor.CLIENT : WaitsFor.EITHER;
    }
}
