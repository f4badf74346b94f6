package dev.lander.relay;

import dev.lander.registry.Component;
import dev.lander.registry.Service;

/** A relay port that is bound: of a service, or, once released, of nobody for the rest of the turn or for longer. */
public interface OpenPort {
    /** Descriptors that it has now. */
    int descriptors();

    /** The service's last component leaves; what its clients have sent already is still its own. */
    void release();

    /** It stays bound for nobody: who comes is refused, until {@link #takeBack} or {@link #close}. */
    void linger();

    /** The port was released, in this turn or before, and another service wants it. */
    void takeBack(Service successor);

    /** Lander ends: takes no more clients and requests; answers still pass until {@link #close}. */
    void stopRequests();

    /** Closes the socket; its port is free after the next select. */
    void close();

    /** The component has left the service. */
    void onLeft(Component component);
}
