package dev.lander.simulation;

import dev.lander.metrics.Counter;
import dev.lander.registry.Traffic;

/** The counters add up. */
final class EachIsCountedOnce extends Invariant {
    EachIsCountedOnce(Cast cast) {
        super(cast, "every client and datagram is in exactly one counter");
    }

    @Override
    void onEnd() {
        long accepted = 0;
        long datagrams = 0;
        for (Terms terms : cast.setting().services()) {
            if (terms.sharesPort()) {
                continue; // the port is counted
            }
            accepted += cast.landerHost().descriptors().calls().accepted(terms.relayPort());
            datagrams += cast.landerHost().descriptors().calls().datagrams(terms.relayPort());
        }
        Traffic.Totals totals = state().registry().traffic();
        long clients = totals.connections() + sum("tcp_clients_closed");
        check(accepted == clients, accepted + " clients were accepted, " + clients + " are counted");
        long counted = totals.datagrams() + sum("udp_datagrams_dropped");
        check(datagrams == counted, datagrams + " datagrams were received, " + counted + " are counted");
    }

    private long sum(String family) {
        long sum = 0;
        for (Counter counter : Counter.values()) {
            sum += counter.family().equals(family) ? state().metrics().value(counter) : 0;
        }
        return sum;
    }
}
