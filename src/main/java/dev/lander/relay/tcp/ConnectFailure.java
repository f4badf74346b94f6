package dev.lander.relay.tcp;

import dev.lander.metrics.Counter;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;

/** Why a component was not reached. */
enum ConnectFailure {
    TIMEOUT(Counter.CONNECT_TIMEOUT),
    REFUSED(Counter.CONNECT_REFUSED),
    /** This machine's, which no component is blamed for. */
    OWN_FAULT(Counter.CONNECT_OWN_FAULT);

    private final Counter counter;

    ConnectFailure(Counter counter) {
        this.counter = counter;
    }

    static ConnectFailure of(IOException fault) {
        if (fault instanceof SocketTimeoutException) {
            return TIMEOUT;
        }
        return fault instanceof ConnectException || fault instanceof NoRouteToHostException ? REFUSED : OWN_FAULT;
    }

    /**
     * Whether the connection stood already when the component reset it. Java tells this apart only in the text, which
     * is the system's; in another language the next component is tried.
     */
    static boolean isReset(IOException fault) {
        return !(fault instanceof ConnectException)
                && String.valueOf(fault.getMessage()).contains("reset by peer");
    }

    Counter counter() {
        return counter;
    }
}
