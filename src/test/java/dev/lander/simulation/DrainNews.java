package dev.lander.simulation;

import java.util.Map;
import java.util.TreeMap;
import org.msgpack.value.Value;

/** What a peer is told of a component that drains. */
final class DrainNews {
    private static final long LEAST_PAUSE_NS = 900 * World.MS;

    private final Actor peer;

    /** The last number of open relays or flows, by service. */
    private final Map<String, Integer> active = new TreeMap<>();

    private final Map<String, Long> toldNs = new TreeMap<>();

    DrainNews(Actor peer) {
        this.peer = peer;
    }

    /** What was told belongs to a connection that is no more. */
    void forget() {
        active.clear();
        toldNs.clear();
    }

    /** The last number that was told, by what is drained. */
    Map<String, Integer> active() {
        return active;
    }

    void onPush(Map<Value, Value> message) {
        String drained = ControlLine.text(message, "protocol") + "/" + ControlLine.number(message, "relay_port") + " "
                + ControlLine.number(message, "port");
        int now = ControlLine.number(message, "active");
        peer.tell("hears of drain " + drained + " active=" + now);
        active.put(drained, now);
        toldNs.put(drained, peer.world.nowNs());
    }

    static long leastPauseNs() {
        return LEAST_PAUSE_NS;
    }
}
