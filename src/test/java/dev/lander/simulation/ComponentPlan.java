package dev.lander.simulation;

import dev.lander.control.wire.Framing;
import java.util.List;

/**
 * What a component is like.
 *
 * @param terms of its service
 * @param protocols that it serves
 * @param port where it serves
 * @param framing how it speaks to Lander
 * @param answersChecks whether it answers health checks
 * @param habit how it answers datagrams
 * @param proxyProtocol which header it wants, on TCP of the same version; {@code none} = none
 * @param byRegistrar whether somebody on another machine speaks to Lander for it
 * @param more further fields of its registers: names and values in turns
 */
record ComponentPlan(
        Terms terms,
        List<String> protocols,
        int port,
        Framing framing,
        boolean answersChecks,
        DatagramServer.Habit habit,
        String proxyProtocol,
        boolean byRegistrar,
        List<Object> more) {
    int maxConnections() {
        int index = more.indexOf("max_connections");
        return index < 0 ? 0 : (Integer) more.get(index + 1);
    }
}
