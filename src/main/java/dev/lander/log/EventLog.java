package dev.lander.log;

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
        LOG.info("registered {}", describe(component));
    }

    @Override
    public void onTakenOver(Component component) {
        LOG.info("registered_again {}", describe(component));
    }

    @Override
    public void onLeft(Component component) {
        LOG.info("left {} active={}", describe(component), component.active());
    }

    @Override
    public void onStateChanged(Component component, State before) {
        String states = "state=" + component.state().word() + " before=" + before.word();
        if (component.state() == State.GOOD) {
            LOG.info("in_rotation {} {}", describe(component), states);
        } else {
            LOG.warn("out_of_rotation {} {}", describe(component), states);
        }
    }

    @Override
    public void onBound(Service service) {
        LOG.info(
                "bound service={} balance={}",
                service.relayPort(),
                service.balance().word());
    }

    @Override
    public void onReleased(Service service) {
        LOG.info("released service={}", service.relayPort());
    }

    private static String describe(Component component) {
        String address = component.identity();
        boolean isNamed = !component.name().equals(address);
        String who = isNamed ? component.label() + " address=" + address : address;
        return "service=" + component.service().relayPort() + " component=" + who;
    }
}
