package dev.lander.admin;

import dev.lander.registry.Protocol;
import dev.lander.registry.RelayPort;
import dev.lander.registry.Route;
import dev.lander.registry.Snapshot;
import dev.lander.registry.Snapshot.ComponentStatus;
import dev.lander.registry.Snapshot.ServiceStatus;
import dev.lander.registry.State;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The metrics of each service and component. Their labels are bounded by what is registered now. */
final class ComponentMetrics {
    private final CounterSnapshot.Builder connections =
            CounterSnapshot.builder().name("lander_relay_connections").help("TCP relays begun to the component.");
    private final CounterSnapshot.Builder datagrams =
            CounterSnapshot.builder().name("lander_relay_datagrams").help("UDP datagrams sent to the component.");
    private final CounterSnapshot.Builder bytes = CounterSnapshot.builder()
            .name("lander_relay_bytes")
            .help("Bytes relayed; in = from clients to the component, out = back.");
    private final CounterSnapshot.Builder failures =
            CounterSnapshot.builder().name("lander_relay_failures").help("Tries to reach the component that failed.");
    private final CounterSnapshot.Builder answersMissing = CounterSnapshot.builder()
            .name("lander_relay_answers_missing")
            .help("Answers that a UDP service has declared, and that did not come in time.");
    private final GaugeSnapshot.Builder active = GaugeSnapshot.builder()
            .name("lander_relay_active")
            .help("TCP relays to the component that are open or connecting, or its open UDP flows.");
    private final GaugeSnapshot.Builder weight =
            GaugeSnapshot.builder().name("lander_component_weight").help("The component's weight.");
    private final GaugeSnapshot.Builder state = GaugeSnapshot.builder()
            .name("lander_component_state")
            .help("1 for the state that the component is in, 0 for the others.");
    private final GaugeSnapshot.Builder components =
            GaugeSnapshot.builder().name("lander_service_components").help("Components of the service in each state.");

    private ComponentMetrics() {}

    static void addTo(MetricSnapshots.Builder metrics, Snapshot registered) {
        ComponentMetrics found = new ComponentMetrics();
        registered.services().forEach(found::add);
        metrics.metricSnapshot(found.connections.build())
                .metricSnapshot(found.datagrams.build())
                .metricSnapshot(found.bytes.build())
                .metricSnapshot(found.failures.build())
                .metricSnapshot(found.answersMissing.build())
                .metricSnapshot(found.active.build())
                .metricSnapshot(found.weight.build())
                .metricSnapshot(found.state.build())
                .metricSnapshot(found.components.build());
    }

    private void add(ServiceStatus service) {
        Labels ofService = labels(service.relayPort());
        Map<ComponentStatus, String> labels = labels(service);
        for (ComponentStatus component : service.components()) {
            String label = labels.getOrDefault(component, component.name());
            add(component, service.relayPort().protocol(), ofService.add("component", label));
        }
        for (State one : State.values()) {
            long count = service.components().stream()
                    .filter(component -> component.state() == one)
                    .count();
            components.dataPoint(gauge(ofService.add("state", one.word()), count));
        }
    }

    private static Labels labels(RelayPort relayPort) {
        Labels labels =
                Labels.of("protocol", relayPort.protocol().word(), "relay_port", Integer.toString(relayPort.number()));
        Route route = relayPort.route();
        if (!route.serverNames().isEmpty()) {
            labels = labels.add("server_names", route.shownNames());
        }
        return route.alpn().isEmpty() ? labels : labels.add("alpn", route.shownProtocols());
    }

    private void add(ComponentStatus component, Protocol protocol, Labels labels) {
        (protocol == Protocol.TCP ? connections : datagrams).dataPoint(counter(labels, component.total()));
        bytes.dataPoint(counter(labels.add("direction", "in"), component.bytesIn()));
        bytes.dataPoint(counter(labels.add("direction", "out"), component.bytesOut()));
        failures.dataPoint(counter(labels, component.failures()));
        if (protocol == Protocol.UDP) {
            answersMissing.dataPoint(counter(labels, component.answersMissing()));
        }
        active.dataPoint(gauge(labels, component.active()));
        weight.dataPoint(gauge(labels, component.weight()));
        for (State one : State.values()) {
            state.dataPoint(gauge(labels.add("state", one.word()), component.state() == one ? 1 : 0));
        }
    }

    /** What each component is labelled by: its name, or where others of the service have the same, its address too. */
    private static Map<ComponentStatus, String> labels(ServiceStatus service) {
        Set<String> names = new HashSet<>();
        Set<String> shared = new HashSet<>();
        for (ComponentStatus component : service.components()) {
            if (!names.add(component.name())) {
                shared.add(component.name());
            }
        }
        Map<ComponentStatus, String> labels = new HashMap<>();
        for (ComponentStatus component : service.components()) {
            String label = component.name();
            if (shared.contains(label)) {
                do { // another may be named like that
                    label += " " + component.host() + ":" + component.port();
                } while (!names.add(label));
            }
            labels.put(component, label);
        }
        return labels;
    }

    private static CounterDataPointSnapshot counter(Labels labels, long value) {
        return CounterDataPointSnapshot.builder()
                .labels(labels)
                .value((double) value)
                .build();
    }

    private static GaugeDataPointSnapshot gauge(Labels labels, long value) {
        return GaugeDataPointSnapshot.builder()
                .labels(labels)
                .value((double) value)
                .build();
    }
}
