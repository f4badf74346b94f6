package dev.lander.log;

import static dev.lander.registry.RegistryEvent.IN_ROTATION;
import static dev.lander.registry.RegistryEvent.LEFT;
import static dev.lander.registry.RegistryEvent.OUT_OF_ROTATION;
import static dev.lander.registry.RegistryEvent.PORT_BOUND;
import static dev.lander.registry.RegistryEvent.PORT_CLOSED;
import static dev.lander.registry.RegistryEvent.REGISTERED;
import static dev.lander.registry.RegistryEvent.REGISTERED_AGAIN;

import dev.lander.listing.ClusterEvent;
import dev.lander.listing.ClusterObserver;
import dev.lander.registry.Component;
import dev.lander.registry.Observer;
import dev.lander.registry.RelayPort;
import dev.lander.registry.Service;
import dev.lander.registry.State;
import dev.lander.text.ShownText;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One log line for each event that an operator might act on. */
public final class EventLog implements Observer, ClusterObserver {
    private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);

    private static final int LONGEST_CAUSE = 200;

    private static final Set<ClusterEvent> GOOD =
            Set.of(ClusterEvent.MEMBER_JOINED, ClusterEvent.MEMBER_LEAVING, ClusterEvent.PEER_SERVES);

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

    @Override
    public void onClusterEvent(ClusterEvent event, @Nullable RelayPort relayPort, String subject, String cause) {
        String about = (relayPort == null ? "" : "service=" + relayPort + " ") + of(event) + ShownText.value(subject);
        String why = cause.isEmpty() ? "" : " why=" + ShownText.quoted(cause, LONGEST_CAUSE);
        if (GOOD.contains(event)) {
            LOG.info("{} {}{}", event.word(), about, why);
        } else {
            LOG.warn("{} {}{}", event.word(), about, why);
        }
    }

    private static String of(ClusterEvent event) {
        return switch (event) {
            case TERMS_LOST -> "component=";
            default -> "member=";
        };
    }

    private static String describe(Component component) {
        String address = component.identity();
        boolean isNamed = !component.name().equals(address);
        String who = isNamed ? component.label() + " address=" + address : address;
        return "service=" + component.service().relayPort() + " component=" + who;
    }
}
