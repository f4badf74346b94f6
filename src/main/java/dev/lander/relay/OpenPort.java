package dev.lander.relay;

import dev.lander.registry.Component;
import dev.lander.registry.Service;

/** A relay port that is bound. It is told of each change of its {@link PortPhase} just before the phase is entered. */
public interface OpenPort {
    /** Descriptors that it has now. */
    int descriptors();

    /**
     * Another service shares the port from now on: the client's first message decides which one has it.
     *
     * @throws UnsupportedOperationException where there are no such messages
     */
    default void add(Service service) {
        throw new UnsupportedOperationException("no service shares " + service.relayPort());
    }

    /** A service that shares the port with others, which stay, is no more. */
    default void remove(Service service) {
        throw new UnsupportedOperationException("no service shares " + service.relayPort());
    }

    /** The terms of one of its services are others from now on. */
    void onTerms(Service service);

    /** The last component of the only service leaves; what its clients have sent already is still its own. */
    void release();

    /** It stays bound for nobody: clients are refused, until {@link #takeBack} or {@link #close}. */
    void linger();

    /** The port was released, in this turn or before, and another service wants it. */
    void takeBack(Service successor);

    /**
     * Lander ends: takes no more clients and requests.
     *
     * @return whether answers may still come, which pass until {@link #close}
     */
    boolean stopRequests();

    /** Closes the socket; its port is free after the next select. */
    void close();

    /** The component has left the service. */
    void onLeft(Component component);
}
