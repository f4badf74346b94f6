package dev.lander.registry;

/**
 * The identity of a service: the port that Lander binds for external clients, and which of them the service serves.
 *
 * @param protocol what is spoken on it
 * @param number 1 to 65535
 * @param route {@link Route#EVERYBODY} unless services share the port
 */
public record RelayPort(Protocol protocol, int number, Route route) {
    /** A port that is served by one service alone, or the port itself. */
    public RelayPort(Protocol protocol, int number) {
        this(protocol, number, Route.EVERYBODY);
    }

    /** The port itself, whoever serves it. */
    public RelayPort bare() {
        return route.isEverybody() ? this : new RelayPort(protocol, number);
    }

    /** As in logs: {@code tcp/50000}, or {@code tcp/443#shop.example.com} where services share a port. */
    @Override
    public String toString() {
        return protocol.word() + "/" + number + route;
    }
}
