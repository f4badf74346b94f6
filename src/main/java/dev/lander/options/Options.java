package dev.lander.options;

import dev.lander.control.stream.TlsSettings;
import dev.lander.text.AddressRange;
import dev.lander.text.PortRanges;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What users can set.
 *
 * @param port the control channel's TCP port; 0 = a free one
 * @param bind address of the control and relay sockets; null = any
 * @param admin where the status page listens; null = nowhere
 * @param healthInterval how often components are sent a health check
 * @param healthMisses unanswered checks in a row that take a component out of rotation
 * @param connectTimeout to establish the upstream TCP connection, each try
 * @param queueTimeout so long TCP clients wait while all components are full; zero = not at all
 * @param idleTimeout a TCP relay without a byte for so long is closed; zero = never
 * @param udpTimeout a UDP flow without a datagram for so long is closed
 * @param drainTimeout how long open relays may take to finish at the end
 * @param portLinger a relay port stays bound for so long when its last component has left; zero = not at all
 * @param maxConnections TCP relays open at once; null = half the descriptor budget
 * @param maxUdpFlows UDP flows open at once; null = the descriptor budget
 * @param udpPerAddress whether UDP relay ports have a socket for each address of this machine, instead of one for all
 * @param acceptProxy balancers in front, whose TCP connections begin with a PROXY header; empty = none
 * @param relayPorts relay ports that components may ask for
 * @param controlAllow who may talk to the control channel; empty = everyone
 * @param tokenFile holds the shared secret in its first line; null = none is asked for
 * @param controlTls files for an encrypted control channel; null = it is not encrypted
 * @param accessLog gets one line per finished relay and flow; {@code -} is standard output; null = off
 * @param busyPoll how long the loop polls before each wait
 * @param legacyPorts whether length-prefixed registers name their ports the other way round
 */
public record Options(
        int port,
        @Nullable InetAddress bind,
        @Nullable InetSocketAddress admin,
        Duration healthInterval,
        int healthMisses,
        Duration connectTimeout,
        Duration queueTimeout,
        Duration idleTimeout,
        Duration udpTimeout,
        Duration drainTimeout,
        Duration portLinger,
        @Nullable Integer maxConnections,
        @Nullable Integer maxUdpFlows,
        boolean udpPerAddress,
        List<AddressRange> acceptProxy,
        PortRanges relayPorts,
        List<AddressRange> controlAllow,
        @Nullable Path tokenFile,
        @Nullable TlsSettings controlTls,
        @Nullable Path accessLog,
        Duration busyPoll,
        boolean legacyPorts) {}
