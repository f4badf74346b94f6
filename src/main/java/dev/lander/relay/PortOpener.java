package dev.lander.relay;

import dev.lander.registry.Service;
import java.io.IOException;

/** Opens the relay ports of one protocol, and knows what goes through them. */
public interface PortOpener {
    /**
     * Binds the service's relay port.
     *
     * @param life tells the port where it is in its life
     * @throws IOException when the system refuses, with its reason
     */
    OpenPort open(Service service, PortLife life) throws IOException;

    /** How many relays or flows are open now, those still connecting included. */
    int open();

    /** How many may be open at once. */
    int limit();

    /** All that are open. */
    OpenList list();

    /** Ends all relays that are open. Flows end with their ports. */
    void cut();
}
