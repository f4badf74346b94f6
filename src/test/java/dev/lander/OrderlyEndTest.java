package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lander.control.Access;
import dev.lander.control.AccessSettings;
import dev.lander.control.ControlServer;
import dev.lander.control.ControlSettings;
import dev.lander.host.ServiceNotifier;
import dev.lander.listing.ClusterView;
import dev.lander.listing.Listings;
import dev.lander.listing.OpenRelays;
import dev.lander.listing.RelayQuery;
import dev.lander.listing.Snapshots;
import dev.lander.metrics.BurstLog;
import dev.lander.metrics.Metrics;
import dev.lander.reactor.Reactor;
import dev.lander.registry.Registry;
import dev.lander.registry.Service;
import dev.lander.relay.OpenList;
import dev.lander.relay.OpenPort;
import dev.lander.relay.PortLife;
import dev.lander.relay.PortOpener;
import dev.lander.relay.RelayPorts;
import dev.lander.sockets.FdBudget;
import dev.lander.sockets.Sockets;
import dev.lander.testing.RegisteredComponents;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class OrderlyEndTest {
    @Test
    void aDefectInTheCutDoesNotKeepTheProcessFromEnding() throws IOException {
        List<String> faults = new ArrayList<>();
        Reactor reactor = new Reactor(
                Sockets.ofSystem(), System::nanoTime, (owner, fault) -> faults.add(String.valueOf(fault.getMessage())));
        BurstLog log = new BurstLog(new Metrics(), reactor::nowNs, () -> {});
        FdBudget fds = new FdBudget(1_000, reactor::afterSelect);
        RelayPorts ports = new RelayPorts(reactor, fds, Duration.ZERO, new Broken(), new Broken());
        Access access = new Access(AccessSettings.DEFAULT, null);
        Registry registry = new RegisteredComponents().registry();
        ControlServer control = new ControlServer(
                reactor,
                registry,
                new Listings(new Snapshots(reactor, registry), new NoList(), ClusterView.NONE),
                log,
                fds,
                ControlSettings.DEFAULT,
                access,
                null,
                Runnable::run);
        OrderlyEnd end = new OrderlyEnd(reactor, ServiceNotifier.none(), control, ports, Duration.ofMillis(10));
        reactor.execute(end::begin);
        reactor.run();
        assertEquals(List.of("injected"), faults);
    }

    /** Always has one relay, which can't be cut. */
    private static final class Broken implements PortOpener {
        @Override
        public OpenPort open(Service service, PortLife life) throws IOException {
            throw new IOException("nothing is registered");
        }

        @Override
        public int open() {
            return 1;
        }

        @Override
        public int limit() {
            return 1;
        }

        @Override
        public OpenList list() {
            return new OpenList();
        }

        @Override
        public void cut() {
            throw new IllegalStateException("injected");
        }
    }

    private static final class NoList implements OpenRelays {
        @Override
        public void ask(RelayQuery query, Asker asker) {}

        @Override
        public void forget(Asker asker) {}
    }
}
