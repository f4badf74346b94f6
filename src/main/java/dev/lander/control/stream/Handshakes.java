package dev.lander.control.stream;

/** What all TLS handshakes share: the loop's time for them, and a thread for their expensive part. */
public interface Handshakes {
    /** Whether a handshake may go on in this turn. If not, what it waits for is announced again in the next. */
    boolean mayGoOn();

    /**
     * Runs a handshake's computation on another thread, as the exchange of keys and the signature.
     *
     * @param then runs on the loop's thread afterwards
     */
    void compute(Runnable computation, Runnable then);
}
