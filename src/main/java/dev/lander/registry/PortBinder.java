package dev.lander.registry;

import java.util.Optional;

/**
 * Binds relay ports when the registry asks for it: on a service's first registration, until its last is gone. Services
 * that share a port each ask for it: it is bound for the first, and released after the last.
 */
public interface PortBinder {
    /**
     * Binds the service's relay port.
     *
     * @return empty when it is bound, otherwise why the system refused it
     */
    Optional<String> bind(Service service);

    /**
     * Releases the service's relay port. The last component is still in the service: clients that wait in the accept
     * queue are its own.
     */
    void release(Service service);

    /** The service's terms are others from now on: they apply to clients that come, and to flows that begin. */
    default void onTerms(Service service) {}

    /** Whether the port is held though no service has it: it was released a short while ago. */
    default boolean isLingering(RelayPort relayPort) {
        return false;
    }

    /** The component has left its service: its UDP flows end, its open TCP relays don't. */
    void onLeft(Component component);
}
