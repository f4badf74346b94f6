package dev.lander.relay;

import java.net.InetAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What users can set about relaying.
 *
 * @param bindAddress where relay ports are bound; null = every address
 * @param connectTimeout for each try to connect to a component
 * @param idleTimeout a TCP relay without a byte for so long is closed; zero = never
 * @param udpTimeout a UDP flow without a datagram for so long is closed
 * @param maxConnections TCP relays open at once
 * @param maxUdpFlows UDP flows open at once
 */
public record RelaySettings(
        @Nullable InetAddress bindAddress,
        Duration connectTimeout,
        Duration idleTimeout,
        Duration udpTimeout,
        int maxConnections,
        int maxUdpFlows) {}
