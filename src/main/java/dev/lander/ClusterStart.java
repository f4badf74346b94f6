package dev.lander;

import dev.lander.cluster.ClusterSettings;
import dev.lander.cluster.MemberListener;
import dev.lander.cluster.members.GroupChannel;
import dev.lander.control.stream.TlsContext;
import dev.lander.control.stream.TlsSettings;
import dev.lander.host.Machine;
import dev.lander.reactor.Reactor;
import java.io.IOException;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Makes a Lander one of a cluster. Nothing of JGroups is loaded before it is asked to. */
final class ClusterStart {
    private ClusterStart() {}

    /**
     * Listens for the others; it does not join them yet.
     *
     * @param tls the files behind {@code controlTls}
     * @param controlTls the certificates by which members know each other, if authorities are given as well
     * @throws IOException when the key can't be read or the port not be bound; the message is for users
     */
    static GroupChannel listen(
            ClusterSettings settings,
            @Nullable TlsSettings tls,
            @Nullable TlsContext controlTls,
            Reactor reactor,
            Platform platform,
            MemberListener listener)
            throws IOException {
        boolean byCertificates = tls != null && tls.ca() != null;
        Supplier<SSLContext> certificates = controlTls != null && byCertificates ? controlTls::context : null;
        return new GroupChannel(
                settings,
                certificates,
                new GroupChannel.Ground(reactor, platform.clock(), platform.isLocal(), Machine.name()),
                listener);
    }
}
