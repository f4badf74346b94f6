package dev.lander.simulation.conformance;

import dev.lander.simulation.network.Barrier;
import dev.lander.simulation.network.Host;
import dev.lander.simulation.network.Network;
import dev.lander.simulation.network.SimulatedProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.Selector;
import java.nio.channels.spi.SelectorProvider;
import java.util.SplittableRandom;

/** Where a script is played: on the real network of this machine, or on a simulated one. */
interface Stage {
    /** Opens channels and selectors. */
    SelectorProvider provider();

    /** A router on the way to it knows that there is no such host. */
    String NO_HOST = "10.9.1.1";

    /** A router on the way to it lets nothing through, and says so. */
    String PROHIBITED = "10.9.2.1";

    /** In milliseconds: by then all that is on its way arrives. */
    long ARRIVES_MS = 20;

    /** Lets this time pass, in milliseconds. */
    void settle(long lengthMs) throws IOException;

    /** The real one. */
    static Stage real() throws IOException {
        Selector nothing = SelectorProvider.provider().openSelector();
        return new Stage() {
            @Override
            public SelectorProvider provider() {
                return SelectorProvider.provider();
            }

            @Override
            public void settle(long lengthMs) throws IOException {
                nothing.select(lengthMs);
            }
        };
    }

    /** A simulated one. */
    static Stage simulated() {
        Network network = new Network(new dev.lander.simulation.network.Timeline(), new SplittableRandom(1));
        Host host = network.addHost("host", 1_000);
        network.bar(Network.parse(NO_HOST), Barrier.NO_HOST);
        network.bar(Network.parse(PROHIBITED), Barrier.PROHIBITED);
        SelectorProvider provider = new SimulatedProvider(host);
        return new Stage() {
            private static final long NS_PER_MS = 1_000_000;

            @Override
            public SelectorProvider provider() {
                return provider;
            }

            @Override
            public void settle(long lengthMs) {
                network.timeline().runUntil(network.timeline().nowNs() + lengthMs * NS_PER_MS);
            }
        };
    }

    /** This machine, as both call it. */
    default InetAddress address() {
        return InetAddress.getLoopbackAddress();
    }
}
