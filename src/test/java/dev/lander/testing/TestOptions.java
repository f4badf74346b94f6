package dev.lander.testing;

import dev.lander.admin.AdminSettings;
import dev.lander.cluster.ClusterSettings;
import dev.lander.control.AccessSettings;
import dev.lander.control.ControlSettings;
import dev.lander.control.stream.TlsSettings;
import dev.lander.log.LogSettings;
import dev.lander.options.Options;
import dev.lander.relay.PortSettings;
import dev.lander.relay.RelaySettings;
import dev.lander.relay.TcpSettings;
import dev.lander.relay.UdpSettings;
import dev.lander.sockets.BindAddress;
import dev.lander.sockets.FdBudget;
import dev.lander.text.AddressRange;
import dev.lander.text.PortRanges;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/** The default options on a free port of 127.0.0.1, to be changed by a test where it needs others. */
public final class TestOptions {
    public @Nullable InetSocketAddress admin;
    public List<String> adminHosts = List.of();
    public Duration healthInterval = Duration.ofSeconds(5);
    public int healthMisses = 3;
    public Duration connectTimeout = Duration.ofSeconds(5);
    public Duration queueTimeout = Duration.ZERO;
    public Duration idleTimeout = Duration.ofHours(1);
    public Duration udpTimeout = Duration.ofSeconds(60);
    public Duration drainTimeout = Duration.ofSeconds(30);
    public Duration portLinger = Duration.ZERO;
    public @Nullable Integer maxConnections;
    public @Nullable Integer maxUdpFlows;
    public boolean udpPerAddress;
    public List<InetAddress> virtualAddresses = List.of();
    public boolean reusePort;
    public List<AddressRange> acceptProxy = List.of();

    public boolean splice = TestPlatform.splices();

    public PortRanges relayPorts = PortRanges.ALL;
    public List<AddressRange> controlAllow = List.of();
    public @Nullable Path tokenFile;
    public @Nullable TlsSettings controlTls;
    public @Nullable Path accessLog;
    public Duration busyPoll = Duration.ZERO;
    public boolean legacyPorts;
    public @Nullable ClusterSettings cluster;

    /** The options as they are now. */
    public Options build() {
        return build(InetAddress.getLoopbackAddress());
    }

    /** Bound to this address; null = any. */
    public Options build(@Nullable InetAddress bind) {
        BindAddress bindAddress = new BindAddress(bind);
        AccessSettings access = new AccessSettings(controlAllow, relayPorts, tokenFile);
        int relays = maxConnections == null ? FdBudget.UNLIMITED : maxConnections;
        int flows = maxUdpFlows == null ? FdBudget.UNLIMITED : maxUdpFlows;
        TcpSettings tcp =
                new TcpSettings(connectTimeout, queueTimeout, idleTimeout, drainTimeout, relays, acceptProxy, splice);
        UdpSettings udp = new UdpSettings(udpTimeout, flows, udpPerAddress);
        return new Options(
                new ControlSettings(bindAddress, 0, healthInterval, healthMisses, access, controlTls, legacyPorts),
                new RelaySettings(new PortSettings(bindAddress, virtualAddresses, reusePort), portLinger, tcp, udp),
                admin == null ? null : new AdminSettings(admin, adminHosts),
                new LogSettings(Level.INFO, accessLog),
                new Options.Running(drainTimeout, busyPoll),
                cluster);
    }
}
