package dev.lander.simulation;

import java.io.IOException;

/** Somebody else on the control channel than components. */
interface ControlPeer {
    /** Begins what it is there for. */
    void begin() throws IOException;

    /** Ends it. */
    void stop();

    /** Whether it has a connection. */
    boolean isConnected();
}
