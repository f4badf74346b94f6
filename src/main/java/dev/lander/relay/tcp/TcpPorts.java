package dev.lander.relay.tcp;

import dev.lander.metrics.BurstLog;
import dev.lander.reactor.Reactor;
import dev.lander.registry.Service;
import dev.lander.relay.AccessLog;
import dev.lander.relay.OpenPort;
import dev.lander.relay.PortOpener;
import dev.lander.relay.RelaySettings;
import dev.lander.sockets.BindAddress;
import dev.lander.sockets.FdBudget;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Opens TCP relay ports. */
public final class TcpPorts implements PortOpener {
    private final BindAddress bindAddress;
    private final ConnectionSlots slots;
    private final TcpRelays relays;

    /**
     * Without any port yet.
     *
     * @param accessLog hears of what has finished; null = nobody does
     * @param endOldestFlow ends a UDP flow to free its descriptor; false when there is none
     */
    public TcpPorts(
            Reactor reactor,
            BurstLog log,
            @Nullable AccessLog accessLog,
            FdBudget fds,
            RelaySettings settings,
            BooleanSupplier endOldestFlow) {
        this.bindAddress = settings.bindAddress();
        this.slots = new ConnectionSlots(reactor, log, fds, settings.maxConnections(), endOldestFlow);
        SpillBuffers spills = new SpillBuffers(Runtime.getRuntime().maxMemory());
        this.relays = new TcpRelays(reactor, log, accessLog, slots, spills, settings);
    }

    @Override
    public OpenPort open(Service service) throws IOException {
        return new TcpRelayPort(relays, service, bindAddress);
    }

    @Override
    public int open() {
        return slots.taken();
    }

    @Override
    public int limit() {
        return slots.limit();
    }

    @Override
    public void cut() {
        relays.cut();
    }
}
