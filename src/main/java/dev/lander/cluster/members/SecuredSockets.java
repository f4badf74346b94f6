package dev.lander.cluster.members;

import java.net.ServerSocket;
import java.net.Socket;
import org.jgroups.util.DefaultSocketFactory;

/** Where JGroups gets its sockets from: TCP only, and none that does not go through {@link Security}. */
final class SecuredSockets extends DefaultSocketFactory {
    private final Security security;
    private final Refusals refusals;

    private final SecuredServerSocket listening;
    private final TimeLimits limits;

    /**
     * Sockets of one member.
     *
     * @param listening is bound already, so that a taken port is found out at the start
     */
    SecuredSockets(Security security, Refusals refusals, SecuredServerSocket listening, TimeLimits limits) {
        this.security = security;
        this.refusals = refusals;
        this.listening = listening;
        this.limits = limits;
    }

    @Override
    public Socket createSocket(String service) {
        return new SecuredSocket(security, refusals, limits);
    }

    @Override
    public ServerSocket createServerSocket(String service) {
        return listening;
    }
}
