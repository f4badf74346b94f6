package dev.lander.relay;

import dev.lander.sockets.BindAddress;
import dev.lander.text.AddressRange;
import java.time.Duration;
import java.util.List;

/**
 * What users can set about relaying.
 *
 * @param bindAddress where relay ports are bound
 * @param connectTimeout for each try to connect to a component
 * @param queueTimeout so long TCP clients wait while all components are full; zero = not at all
 * @param idleTimeout a TCP relay without a byte for so long is closed; zero = never
 * @param udpTimeout a UDP flow without a datagram for so long is closed
 * @param maxConnections TCP relays open at once
 * @param maxUdpFlows UDP flows open at once
 * @param portLinger a relay port stays bound for so long when its last component has left; zero = not at all
 * @param udpPerAddress whether UDP ports have a socket for each address of this machine, instead of one for all
 * @param acceptProxy balancers in front, whose TCP connections begin with a PROXY header
 */
public record RelaySettings(
        BindAddress bindAddress,
        Duration connectTimeout,
        Duration queueTimeout,
        Duration idleTimeout,
        Duration udpTimeout,
        int maxConnections,
        int maxUdpFlows,
        Duration portLinger,
        boolean udpPerAddress,
        List<AddressRange> acceptProxy) {}
