package dev.lander.registry;

/**
 * The identity of a service: the port that Lander binds for external clients.
 *
 * @param protocol what is spoken on it
 * @param number 1 to 65535
 */
public record RelayPort(Protocol protocol, int number) {
    /** As in logs: {@code tcp/50000}. */
    @Override
    public String toString() {
        return protocol.word() + "/" + number;
    }
}
