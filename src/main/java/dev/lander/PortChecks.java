package dev.lander;

import dev.lander.host.Machine;
import dev.lander.relay.PortSettings;
import dev.lander.relay.PortSockets;
import dev.lander.sockets.Sockets;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out at the start what would go wrong when a relay port is bound, or when a process that shares it ends. */
final class PortChecks {
    private static final Logger LOG = LoggerFactory.getLogger(PortChecks.class);

    private PortChecks() {}

    /**
     * Tries how relay ports are going to be bound, and recommends what the system should be set to.
     *
     * @throws IOException when the system refuses; the message is for users
     */
    static void run(Sockets sockets, PortSettings ports) throws IOException {
        new PortSockets(sockets, ports).check();
        if (ports.shared() && !Machine.migratesRequests()) {
            LOG.warn("with --reuse-port, net.ipv4.tcp_migrate_req=1 is recommended (Linux 5.14 and newer): without it,"
                    + " connections that wait for a process are reset when it ends");
        }
    }
}
