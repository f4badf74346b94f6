package dev.lander.registry;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** What other Landers say, done to the registry. */
public final class OthersHolds {
    private final Registry registry;

    OthersHolds(Registry registry) {
        this.registry = registry;
    }

    /**
     * Another Lander says that the component is registered there; it is not registered here.
     *
     * @param link stands for all that others hold
     * @param registration names its host
     */
    public Outcome add(Link link, Registration registration) {
        return registry.addHeld(link, registration);
    }

    /** What is registered with exactly this route, or null. */
    public @Nullable Component find(RelayPort relayPort, InetSocketAddress address) {
        return registry.findExactly(relayPort, address);
    }

    /** The service with exactly this route, or null. */
    public @Nullable Service find(RelayPort relayPort) {
        return registry.findExactly(relayPort);
    }

    /** Nobody else holds the component any more, and only others did. */
    public void remove(Component component) {
        registry.unregister(component);
    }

    /** What all Landers together say of the component when it registered last. */
    public void setTraits(Component component, ComponentTraits traits) {
        if (!component.traits().equals(traits)) {
            component.setTraits(traits);
        }
    }

    /** What others have found out of it. */
    public void setElsewhere(Component component, Elsewhere said) {
        component.setElsewhere(said);
    }

    /** Whether it is taken out of rotation because its owner asked one of the Landers for it. */
    public void setDraining(Component component, boolean draining) {
        if (component.ownMarks().draining() == draining) {
            return;
        }
        if (draining) {
            registry.drain(component);
        } else {
            component.mark(Health::undrain);
        }
    }

    /** What the terms say differently from those that hold for the service, or an empty text. */
    public String difference(Service service, ServiceTerms terms) {
        return TermsConflict.difference(service, terms);
    }

    /** What all Landers together have agreed on for the service; says whether it is something new. */
    public boolean setTerms(Service service, ServiceTerms terms) {
        if (service.terms().equals(terms)) {
            return false;
        }
        registry.setTerms(service, terms);
        return true;
    }
}
