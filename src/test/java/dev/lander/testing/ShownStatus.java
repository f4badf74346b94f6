package dev.lander.testing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.msgpack.value.Value;

/** A status reply, taken apart; fails where a field is missing or there is one more. */
public record ShownStatus(List<Service> services) {
    /** Fields that only some components have. */
    private static final Set<String> OPTIONAL = Set.of("priority", "full", "drained_by");

    /** A service as shown. */
    public record Service(String protocol, int relayPort, String balance, List<Component> components) {}

    /** A component as shown. */
    public record Component(
            String name,
            String host,
            int port,
            String state,
            int weight,
            int active,
            long total,
            long bytesIn,
            long bytesOut,
            long failures) {}

    /** Asks for all services. */
    public static ShownStatus of(ControlPeer peer) throws IOException {
        return read(peer.status());
    }

    /** Takes the {@code services} of a reply apart. */
    public static ShownStatus read(Value services) {
        List<Service> shown = new ArrayList<>();
        for (Value service : services.asArrayValue()) {
            shown.add(service(service));
        }
        return new ShownStatus(shown);
    }

    /** Asks for the state of the only component with this port. */
    public static String stateOf(ControlPeer peer, int port) throws IOException {
        return of(peer).component(port).state();
    }

    /** Whether any service has this relay port. */
    public boolean hasRelayPort(int relayPort) {
        return services.stream().anyMatch(service -> service.relayPort() == relayPort);
    }

    /** The only component with this port; fails when there is none or more than one. */
    public Component component(int port) {
        List<Component> found = services.stream()
                .flatMap(service -> service.components().stream())
                .filter(component -> component.port() == port)
                .toList();
        if (found.size() != 1) {
            throw new AssertionError(found.size() + " components have port " + port + " in " + this);
        }
        return found.get(0);
    }

    private static Service service(Value value) {
        Map<String, Value> fields = fields(value, 4);
        List<Component> components = new ArrayList<>();
        for (Value component : ControlPeer.field(fields, "components").asArrayValue()) {
            components.add(component(component));
        }
        return new Service(
                text(fields, "protocol"), (int) number(fields, "relay_port"), text(fields, "balance"), components);
    }

    private static Component component(Value value) {
        Map<String, Value> fields = fields(value, 10);
        return new Component(
                text(fields, "name"),
                text(fields, "host"),
                (int) number(fields, "port"),
                text(fields, "state"),
                (int) number(fields, "weight"),
                (int) number(fields, "active"),
                number(fields, "total"),
                number(fields, "bytes_in"),
                number(fields, "bytes_out"),
                number(fields, "failures"));
    }

    private static Map<String, Value> fields(Value value, int count) {
        Map<String, Value> fields = new LinkedHashMap<>();
        value.asMapValue()
                .map()
                .forEach((name, field) -> fields.put(name.asStringValue().asString(), field));
        OPTIONAL.forEach(fields::remove);
        if (fields.size() != count) {
            throw new AssertionError("not " + count + " fields: " + fields);
        }
        return fields;
    }

    private static String text(Map<String, Value> fields, String name) {
        return ControlPeer.field(fields, name).asStringValue().asString();
    }

    private static long number(Map<String, Value> fields, String name) {
        return ControlPeer.field(fields, name).asIntegerValue().asLong();
    }
}
