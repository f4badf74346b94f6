package dev.lander.registry;

import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All services, by the ports that they have or share. */
final class Services {
    /** Each has a service at least. */
    private final Map<RelayPort, Routes<Service>> ports = new HashMap<>();

    /** How many services there have been. */
    private long last;

    @Nullable
    Service get(RelayPort relayPort) {
        Routes<Service> routes = ports.get(relayPort.bare());
        return routes == null ? null : routes.get(relayPort.route());
    }

    /**
     * What was registered, over this link; null when that is not certain.
     *
     * @param relayPort without a route it also stands for the only registration of the address at the port
     * @param link null = whichever
     */
    @Nullable
    Component find(RelayPort relayPort, InetSocketAddress address, @Nullable Link link) {
        Service service = get(relayPort);
        Component exact = service == null ? null : service.find(address);
        if (isOf(exact, link)) {
            return exact;
        }
        Component only = null;
        for (Service other : relayPort.route().isEverybody() ? at(relayPort) : List.<Service>of()) {
            Component one = other.find(address);
            if (isOf(one, link)) {
                if (only != null) {
                    return null;
                }
                only = one;
            }
        }
        return only;
    }

    private static boolean isOf(@Nullable Component component, @Nullable Link link) {
        return component != null && (link == null || component.link() == link);
    }

    /** The services of one port, in the order in which they came. */
    Collection<Service> at(RelayPort port) {
        Routes<Service> routes = ports.get(port.bare());
        return routes == null ? List.of() : routes.values();
    }

    void add(Service service) {
        RelayPort relayPort = service.relayPort();
        Routes<Service> routes = ports.computeIfAbsent(relayPort.bare(), absent -> new Routes<>());
        last++;
        long port = routes.isEmpty() ? last : first(routes).place.port();
        service.place = new Place(port, last, 0);
        routes.put(relayPort.route(), service);
    }

    void remove(Service service) {
        RelayPort port = service.relayPort().bare();
        Routes<Service> routes = ports.get(port);
        if (routes != null) {
            routes.remove(service.relayPort().route());
            if (routes.isEmpty()) {
                ports.remove(port);
            }
        }
    }

    /** What another service of the port has in common with a new one, or an empty text. */
    String clash(RelayPort relayPort) {
        Routes<Service> routes = ports.get(relayPort.bare());
        Routes.Clash<Service> clash = routes == null ? null : routes.clash(relayPort.route());
        return clash == null
                ? ""
                : clash.common() + " is also asked for by " + clash.other().relayPort();
    }

    /** Whether the first message of the port's clients decides which service has them. */
    boolean needHello(RelayPort port) {
        Routes<Service> routes = ports.get(port.bare());
        return routes != null && routes.needHello();
    }

    /** Those of both protocols on one port, that of TCP first. */
    Stream<Service> at(int number) {
        return Stream.of(Protocol.values()).flatMap(protocol -> at(new RelayPort(protocol, number)).stream());
    }

    /** One service of each protocol on one port, that of TCP first. */
    Stream<Service> firstAt(int number) {
        return Stream.of(Protocol.values())
                .map(protocol -> ports.get(new RelayPort(protocol, number)))
                .filter(Objects::nonNull)
                .map(Services::first);
    }

    private static Service first(Routes<Service> routes) {
        return routes.values().iterator().next();
    }
}
