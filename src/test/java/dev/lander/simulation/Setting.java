package dev.lander.simulation;

import static dev.lander.simulation.World.MS;

import dev.lander.control.stream.TlsSettings;
import dev.lander.options.Options;
import dev.lander.registry.Route;
import dev.lander.simulation.network.Network;
import dev.lander.simulation.network.NetworkFaults;
import dev.lander.testing.TestOptions;
import dev.lander.text.AddressRange;
import dev.lander.text.PortRanges;
import java.net.InetAddress;
import java.nio.channels.ByteChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What does not change in a run: Lander's options, the network, the services.
 *
 * @param faults how the network misbehaves
 * @param descriptors how many Lander may have open
 * @param hasToken whether registers must carry the secret
 * @param crashes whether components may crash
 * @param partitions whether the network may be cut
 * @param keepsWord whether no component answers more often than it has declared
 * @param swarm what the run favours
 */
record Setting(
        TestOptions options,
        NetworkFaults faults,
        int descriptors,
        boolean hasToken,
        boolean crashes,
        boolean partitions,
        boolean keepsWord,
        List<Terms> services,
        Swarm swarm) {
    static final int FIRST_RELAY_PORT = 5_000;

    /** Where nobody has clients. */
    static final int CROWDED_PORT = 5_100;

    /** Where another program of Lander's machine listens. */
    static final int SQUATTED_PORT = 5_900;

    /** Outside of what Lander's options allow. */
    static final int FORBIDDEN_PORT = 5_999;

    /** Where Lander serves as well, when the machine has it. */
    static final InetAddress VIRTUAL_ADDRESS = Network.parse("10.0.200.1");

    /** What comes to Lander's machine, and goes. */
    static final InetAddress SECOND_ADDRESS = Network.parse("10.0.200.2");

    /** Machines that come late into a run are not among them. */
    private static final List<AddressRange> PEERS =
            List.of(AddressRange.parse("127.0.0.0/8"), AddressRange.parse("10.0.0.0/28"));

    private static final PortRanges RELAY_PORTS = PortRanges.parse("5000-5998");

    static Setting draw(SplittableRandom random, String balancer, @Nullable Path tokenFile) {
        Swarm swarm = new Swarm(random);
        TestOptions options = options(swarm, random);
        boolean hasToken = swarm.takes("token", 4, random) && tokenFile != null;
        options.tokenFile = hasToken ? tokenFile : null;
        options.udpPerAddress = swarm.takes("udp_per_address", 8, random);
        options.virtualAddresses = swarm.takes("virtual_address", 8, random) ? List.of(VIRTUAL_ADDRESS) : List.of();
        if (swarm.takes("tls", 16, random)) {
            options.controlTls = Certificates.made().settings(random.nextBoolean());
        }
        options.acceptProxy =
                swarm.takes("accept_proxy", 4, random) ? List.of(AddressRange.parse(balancer)) : List.of();
        boolean bad = random.nextBoolean();
        boolean keepsWord = random.nextBoolean();
        double loss = bad ? random.nextDouble() * 0.1 : 0;
        // A request that comes twice is answered twice: then no component keeps to what it has declared.
        double doubling = keepsWord ? 0 : loss / 2;
        long mostDelayNs = 50_000 + random.nextLong(bad ? 20 * MS : MS);
        // How long a handshake's messages are depends on the JDK: they must not be cut by chance.
        boolean cuts = random.nextBoolean() && options.controlTls == null;
        NetworkFaults faults = new NetworkFaults(50_000, mostDelayNs, loss, doubling, cuts);
        List<Terms> services = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(2); i++) {
            services.add(Terms.draw(FIRST_RELAY_PORT + i, swarm, random));
        }
        if (swarm.takes("server_names", 4, random)) {
            share(services, swarm, random);
        }
        int descriptors = swarm.takes("few descriptors", 4, random) ? 60 + random.nextInt(60) : 2_000;
        boolean crashes = random.nextBoolean();
        boolean partitions = random.nextBoolean();
        return new Setting(options, faults, descriptors, hasToken, crashes, partitions, keepsWord, services, swarm);
    }

    /** Other services come to the port of the first, for clients that ask for them by the first message of TLS. */
    private static void share(List<Terms> services, Swarm swarm, SplittableRandom random) {
        Terms first = services.get(0);
        boolean postgres = swarm.takes("preamble", 3, random);
        if (random.nextBoolean() || postgres) { // a preamble is for services with a name
            services.set(0, first.withRoute(Route.of(List.of("a.example"), List.of()), false));
        }
        services.add(first.withRoute(Route.of(List.of("b.example", "*.b.example"), List.of()), true));
        if (random.nextBoolean()) {
            services.add(first.withRoute(Route.of(List.of("x.b.example"), List.of("h2")), true));
        }
        if (random.nextBoolean()) {
            services.add(first.withRoute(Route.of(List.of(), List.of("h2", "imap")), true));
        }
        if (postgres) {
            services.replaceAll(one -> one.relayPort() == first.relayPort() ? one.withPreamble() : one);
        }
    }

    /** The services of a port. */
    List<Terms> at(int relayPort) {
        return services.stream().filter(terms -> terms.relayPort() == relayPort).toList();
    }

    private static TestOptions options(Swarm swarm, SplittableRandom random) {
        TestOptions options = new TestOptions();
        options.udpTimeout = Duration.ofSeconds(2 + random.nextInt(10));
        options.drainTimeout = Duration.ofSeconds(1 + random.nextInt(5));
        options.healthInterval = Duration.ofMillis(500 + random.nextInt(5_000));
        options.healthMisses = 1 + random.nextInt(3);
        if (swarm.takes("checks", 4, random)) {
            options.healthInterval = Duration.ofMillis(200 + random.nextInt(400));
            options.healthMisses = 1;
        }
        options.controlAllow = swarm.takes("control_allow", 8, random) ? PEERS : List.of();
        options.connectTimeout = Duration.ofMillis(500 + random.nextInt(2_000));
        options.relayPorts = RELAY_PORTS;
        options.queueTimeout =
                swarm.takes("queue", 2, random) ? Duration.ofMillis(100 + random.nextInt(5_000)) : Duration.ZERO;
        options.idleTimeout =
                swarm.takes("idle", 4, random) ? Duration.ofSeconds(1 + random.nextInt(9)) : Duration.ofHours(1);
        options.portLinger =
                swarm.takes("linger", 4, random) ? Duration.ofMillis(100 + random.nextInt(4_000)) : Duration.ZERO;
        options.maxConnections = swarm.takes("few relays", 5, random) ? 1 + random.nextInt(6) : null;
        options.maxUdpFlows = swarm.takes("few flows", 5, random) ? 1 + random.nextInt(10) : null;
        return options;
    }

    Options built() {
        return options.build(null);
    }

    /** A control connection of an honest peer: encrypted, if Lander's control channel is. */
    ByteChannel secured(ByteChannel connection, SplittableRandom random) {
        TlsSettings tls = options.controlTls;
        if (tls == null) {
            return connection;
        }
        String version = random.nextInt(4) == 0 ? "TLSv1.2" : "TLSv1.3";
        return new SecureChannel(connection, Certificates.made().peer(tls.ca() != null), version);
    }

    /** Whether each address has a UDP socket of its own. */
    boolean bindsEachAddress() {
        return options.udpPerAddress || !options.virtualAddresses.isEmpty();
    }

    boolean hasIdleTimeout() {
        return options.idleTimeout.toHours() == 0;
    }

    boolean acceptsProxy() {
        return !options.acceptProxy.isEmpty();
    }

    /** Whether no UDP flow ever has to make room for another. */
    boolean hasRoomForFlows() {
        return descriptors >= 2_000 && options.maxUdpFlows == null;
    }

    /** Whether no TCP client ever has to wait in a backlog until another has gone. */
    boolean hasRoomForClients() {
        return descriptors >= 2_000 && options.maxConnections == null;
    }

    /** Whether nothing disturbs what is sent: all that Lander hands on arrives, once. */
    boolean isCalm() {
        return faults.datagramLoss() == 0 && faults.datagramDoubling() == 0 && !partitions;
    }
}
