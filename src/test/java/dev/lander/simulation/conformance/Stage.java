package dev.lander.simulation.conformance;

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

    /** Lets everything that is on its way arrive. */
    void settle() throws IOException;

    /** The real one. */
    static Stage real() {
        return new Stage() {
            /** What goes over loopback arrives within microseconds; this leaves room for a busy machine. */
            private static final long ARRIVES_MS = 20;

            @Override
            public SelectorProvider provider() {
                return SelectorProvider.provider();
            }

            @Override
            public void settle() throws IOException {
                try (Selector nothing = provider().openSelector()) {
                    nothing.select(ARRIVES_MS);
                }
            }
        };
    }

    /** A simulated one. */
    static Stage simulated() {
        Network network = new Network(new dev.lander.simulation.network.Timeline(), new SplittableRandom(1));
        Host host = network.addHost("host", 1_000);
        SelectorProvider provider = new SimulatedProvider(host);
        return new Stage() {
            private static final long ARRIVES_NS = 20_000_000;

            @Override
            public SelectorProvider provider() {
                return provider;
            }

            @Override
            public void settle() {
                network.timeline().runUntil(network.timeline().nowNs() + ARRIVES_NS);
            }
        };
    }

    /** This machine, as both call it. */
    default InetAddress address() {
        return InetAddress.getLoopbackAddress();
    }
}
