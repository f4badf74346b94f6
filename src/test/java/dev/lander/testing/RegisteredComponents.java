package dev.lander.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lander.registry.Component;
import dev.lander.registry.ComponentTraits;
import dev.lander.registry.Link;
import dev.lander.registry.LoopGuard;
import dev.lander.registry.Outcome;
import dev.lander.registry.PortBinder;
import dev.lander.registry.Registration;
import dev.lander.registry.Registry;
import dev.lander.registry.RelayPort;
import dev.lander.registry.Service;
import dev.lander.registry.ServiceTerms;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;

/** A registry whose ports are not bound, and links at the loopback address that register. */
public final class RegisteredComponents implements PortBinder {
    private static final InetAddress HOST = InetAddress.getLoopbackAddress();

    /** Nearly what one link may have. */
    private static final int A_LINK = 2_000;

    private final Registry registry =
            new Registry(this, new LoopGuard(address -> false), new SilentObserver(), new SplittableRandom(1));

    private Link link = new SilentLink(HOST);

    /** Holds them. */
    public Registry registry() {
        return registry;
    }

    /** Registers another component. */
    public Component add(RelayPort relayPort, int port) {
        if (registry.componentsOf(link).size() == A_LINK) {
            link = new SilentLink(HOST);
        }
        Registration registration =
                new Registration(relayPort, port, ComponentTraits.DEFAULT, ServiceTerms.UNSAID, null);
        assertEquals(Outcome.DONE, registry.register(link, registration));
        return Objects.requireNonNull(registry.find(relayPort, new InetSocketAddress(HOST, port)));
    }

    @Override
    public Optional<String> bind(Service service) {
        return Optional.empty();
    }

    @Override
    public void release(Service service) {}

    @Override
    public void onLeft(Component component) {}
}
