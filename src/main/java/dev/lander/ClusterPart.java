package dev.lander;

import dev.lander.admin.Sources;
import dev.lander.cluster.Cluster;
import dev.lander.cluster.ClusterSettings;
import dev.lander.cluster.members.GroupChannel;
import dev.lander.control.stream.TlsContext;
import dev.lander.control.stream.TlsSettings;
import dev.lander.host.Machine;
import dev.lander.listing.ClusterEvent;
import dev.lander.listing.ClusterObserver;
import dev.lander.listing.ClusterStatus;
import dev.lander.listing.ClusterView;
import dev.lander.options.Options;
import dev.lander.registry.Component;
import dev.lander.registry.RelayPort;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * This Lander's part in a cluster, where options ask for one. Nothing of the cluster's room or of JGroups is loaded
 * before that.
 */
final class ClusterPart implements ClusterView {
    /** Finds out whether a component can be connected to: {@link dev.lander.cluster.Prober}, which is not loaded. */
    @FunctionalInterface
    interface Probe {
        void begin(Component component, Consumer<Boolean> result);
    }

    private final List<ClusterObserver> observers;

    /** Null = this one is alone. */
    private @Nullable Cluster cluster;

    /** The way to the others; null = it is alone, or a test has made another. */
    private @Nullable GroupChannel members;

    /** @param observers hear of what happens among the members */
    ClusterPart(List<ClusterObserver> observers) {
        this.observers = observers;
    }

    /**
     * Listens for the others, where options ask for it; it does not join them yet.
     *
     * @param controlTls the certificates by which members know each other, if authorities are given as well
     * @throws IOException when the key can't be read or the port not be bound; the message is for users
     */
    void begin(Options options, @Nullable TlsContext controlTls, Platform platform, Sources sources, Probe probe)
            throws IOException {
        ClusterSettings settings = options.cluster();
        if (settings == null) {
            return;
        }
        TlsSettings tls = options.control().tls();
        boolean byCertificates = tls != null && tls.ca() != null;
        Supplier<SSLContext> certificates = controlTls != null && byCertificates ? controlTls::context : null;
        GroupChannel.Ground ground = new GroupChannel.Ground(
                sources.reactor(), platform.clock(), platform.isLocal(), GroupChannel.LOOKING, Machine.name());
        share(settings, sources, probe, listener -> {
            GroupChannel channel = new GroupChannel(settings, certificates, ground, listener);
            this.members = channel;
            return channel.members();
        });
    }

    /**
     * Shares what is registered with others, whom it reaches by this opening.
     *
     * @throws IOException when the way to the others cannot be opened; the message is for users
     */
    void share(ClusterSettings settings, Sources sources, Probe probe, Cluster.Opening opening) throws IOException {
        Cluster shared = new Cluster(
                new Cluster.Ground(
                        sources.reactor(),
                        sources.registry(),
                        InstantSource.system()::millis,
                        sources.control()::startSlowly,
                        probe::begin,
                        this::tell),
                settings,
                opening);
        sources.control().beforeClosing(shared::leave);
        cluster = shared;
    }

    private void tell(ClusterEvent event, @Nullable RelayPort relayPort, String subject, String cause) {
        observers.forEach(observer -> observer.onClusterEvent(event, relayPort, subject, cause));
    }

    /** Joins the others. */
    void join() {
        if (members != null) {
            members.join();
        }
    }

    /** Leaves them, when the loop has ended. */
    void leave() {
        if (members != null) {
            members.leave();
        }
    }

    @Override
    public @Nullable ClusterStatus status() {
        return cluster == null ? null : cluster.status();
    }
}
