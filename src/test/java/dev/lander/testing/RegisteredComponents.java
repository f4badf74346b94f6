package dev.lander.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lander.registry.Component;
import dev.lander.registry.ComponentTraits;
import dev.lander.registry.Link;
import dev.lander.registry.LoopGuard;
import dev.lander.registry.Observer;
import dev.lander.registry.Outcome;
import dev.lander.registry.PortBinder;
import dev.lander.registry.Registration;
import dev.lander.registry.Registry;
import dev.lander.registry.RelayPort;
import dev.lander.registry.Service;
import dev.lander.registry.ServiceTerms;
import dev.lander.registry.State;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;

/** A registry whose ports are not bound, and one link at the loopback address that registers. */
public final class RegisteredComponents implements PortBinder, Observer, Link {
    private final Registry registry =
            new Registry(this, new LoopGuard(address -> false), this, new SplittableRandom(1));

    /** Holds them. */
    public Registry registry() {
        return registry;
    }

    /** Registers another component. */
    public Component add(RelayPort relayPort, int port) {
        Registration registration =
                new Registration(relayPort, port, ComponentTraits.DEFAULT, ServiceTerms.UNSAID, null);
        assertEquals(Outcome.DONE, registry.register(this, registration));
        return Objects.requireNonNull(registry.find(relayPort, new InetSocketAddress(address(), port)));
    }

    @Override
    public Optional<String> bind(Service service) {
        return Optional.empty();
    }

    @Override
    public void release(Service service) {}

    @Override
    public InetAddress address() {
        return InetAddress.getLoopbackAddress();
    }

    @Override
    public void onRegistered(Component component) {}

    @Override
    public void onAnswered(Component component) {}

    @Override
    public void onTakenOver(Component component) {}

    @Override
    public void onLeft(Component component) {}

    @Override
    public void onSlowStart(Component component) {}

    @Override
    public void onDraining(Component component) {}

    @Override
    public void onStateChanged(Component component, State before) {}

    @Override
    public void onBound(Service service) {}

    @Override
    public void onReleased(Service service) {}
}
