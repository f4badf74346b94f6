package dev.lander.reactor;

/** Owns something that ends when work done for it fails: a connection, a flow, a listening socket. */
@FunctionalInterface
public interface FaultHandler {
    /**
     * Work that was done for this owner has thrown: close what it owns. Must not throw.
     *
     * @param fault an {@link java.io.IOException}, or a {@link RuntimeException} that is a defect of Lander's
     */
    void onFault(Exception fault);
}
