package dev.lander.log;

import static dev.lander.registry.RegistryEvent.IN_ROTATION;
import static dev.lander.registry.RegistryEvent.LEFT;
import static dev.lander.registry.RegistryEvent.OUT_OF_ROTATION;
import static dev.lander.registry.RegistryEvent.PORT_BOUND;
import static dev.lander.registry.RegistryEvent.PORT_CLOSED;
import static dev.lander.registry.RegistryEvent.REGISTERED;
import static dev.lander.registry.RegistryEvent.REGISTERED_AGAIN;

import dev.lander.registry.Component;
import dev.lander.registry.Observer;
import dev.lander.registry.Service;
import dev.lander.registry.State;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One log line for each event that an operator might act on. */
public final class EventLog implements Observer {
    private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);

    @Override
    public void onRegistered(Component component) {
        LOG.info("{} {}", REGISTERED.word(), describe(component));
    }

    @Override
    public void onTakenOver(Component component) {
        LOG.info("{} {}", REGISTERED_AGAIN.word(), describe(component));
    }

    @Override
    public void onLeft(Component component) {
        LOG.info("{} {} active={}", LEFT.word(), describe(component), component.active());
    }

    @Override
    public void onStateChanged(Component component, State before) {
        String states = "state=" + component.state().word() + " before=" + before.word();
        if (component.state() == State.GOOD) {
            LOG.info("{} {} {}", IN_ROTATION.word(), describe(component), states);
        } else {
            LOG.warn("{} {} {}", OUT_OF_ROTATION.word(), describe(component), states);
        }
    }

    @Override
    public void onBound(Service service) {
        LOG.info(
                "{} service={} balance={}",
                PORT_BOUND.word(),
                service.relayPort(),
                service.balance().word());
    }

    @Override
    public void onReleased(Service service) {
        LOG.info("{} service={}", PORT_CLOSED.word(), service.relayPort());
    }

    private static String describe(Component component) {
        String address = component.identity();
        boolean isNamed = !component.name().equals(address);
        String who = isNamed ? component.label() + " address=" + address : address;
        return "service=" + component.service().relayPort() + " component=" + who;
    }
}
