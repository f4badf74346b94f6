package dev.lander.relay;

import java.time.Duration;

/**
 * What users can set about relaying.
 *
 * @param ports where and how relay ports are bound
 * @param portLinger a relay port stays bound for this long when its last component has left; zero = not at all
 */
public record RelaySettings(PortSettings ports, Duration portLinger, TcpSettings tcp, UdpSettings udp) {
    /** What holds unless a user says otherwise. */
    public static final RelaySettings DEFAULT =
            new RelaySettings(PortSettings.DEFAULT, Duration.ZERO, TcpSettings.DEFAULT, UdpSettings.DEFAULT);

    /** With limits that this many descriptors are enough for: two for a TCP relay, one for a UDP flow. */
    public RelaySettings within(int descriptors) {
        int relays = Math.min(tcp.maxConnections(), Math.max(1, descriptors / 2));
        int flows = Math.min(udp.maxFlows(), Math.max(1, descriptors));
        return new RelaySettings(ports, portLinger, tcp.withMaxConnections(relays), udp.withMaxFlows(flows));
    }
}
