package dev.lander.walk;

import dev.lander.testing.AdminClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What one Lander says of all that it knows.
 *
 * @param members how many it knows, itself among them
 * @param components each with its service and state
 */
public record LabStatus(int members, List<Shown> components) {
    /**
     * A component.
     *
     * @param service with the terms, as {@code tcp/20000 roundrobin}
     * @param name with address and traits
     * @param state as it is shown
     */
    public record Shown(String service, String name, String traits, String state, long active) {
        /** Without what each Lander finds for itself. */
        String agreed() {
            boolean isOwnView = state.equals("unreachable") || state.equals("silent");
            return String.join(" ", service, name, traits, isOwnView ? "good" : state);
        }
    }

    static LabStatus of(String json) throws IOException {
        Map<?, ?> document = AdminClient.document(json);
        List<Shown> all = new ArrayList<>();
        for (Map<?, ?> service : AdminClient.list(document, "services")) {
            String serviceText =
                    service.get("protocol") + "/" + service.get("relay_port") + " " + service.get("balance");
            for (Map<?, ?> component : AdminClient.list(service, "components")) {
                String drainedBy = component.containsKey("drained_by") ? " by " + component.get("drained_by") : "";
                all.add(new Shown(
                        serviceText,
                        String.valueOf(component.get("name")),
                        component.get("host") + ":" + component.get("port") + " weight=" + component.get("weight")
                                + drainedBy,
                        String.valueOf(component.get("state")),
                        Long.parseLong(String.valueOf(component.get("active")))));
            }
        }
        return new LabStatus(AdminClient.list(document, "members").size(), all);
    }

    /** What all Landers must say alike, in order; what is there twice is in it twice. */
    public List<String> agreed() {
        return components.stream().map(Shown::agreed).sorted().toList();
    }

    /** Names of components with the state that all must say alike, in order: {@code a good, b draining}. */
    public String names() {
        return components.stream()
                .map(one -> one.name() + " " + (one.agreed().endsWith(" good") ? "good" : one.state()))
                .sorted()
                .collect(Collectors.joining(", "));
    }

    /** The one of this name. */
    public Shown component(String name) {
        return components.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in " + this));
    }
}
