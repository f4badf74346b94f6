package dev.lander.cluster.members;

import org.jgroups.Address;
import org.jgroups.PhysicalAddress;
import org.jgroups.blocks.cs.TcpServer;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.TCP;
import org.jspecify.annotations.Nullable;

/** JGroups' transport, which can give up the connection to one member. */
final class Transport extends TCP {
    Transport() {
        setId(ClassConfigurator.getProtocolId(TCP.class)); // to the others it is that one
    }

    /** Closes the connection to the member, if there is one; the next message connects anew. From any thread. */
    void disconnect(Address member) {
        PhysicalAddress at = getPhysicalAddressFromCache(member);
        @Nullable TcpServer open = srv; // none before it is connected
        if (at != null && open != null) {
            open.closeConnection(at, false);
        }
    }
}
