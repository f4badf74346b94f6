package dev.lander.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lander.registry.Route;
import dev.lander.registry.Snapshot;
import dev.lander.registry.Snapshot.ComponentStatus;
import dev.lander.registry.Snapshot.ServiceStatus;
import java.io.IOException;

/**
 * {@code /api/prometheus-sd}: where components serve metrics of their own, as Prometheus' HTTP service discovery reads
 * it. Each that has registered a {@code metrics_port} is a group of one target.
 */
final class PrometheusTargets {
    private static final String LABEL = "__meta_lander_";

    private PrometheusTargets() {}

    static byte[] write(Snapshot registered) {
        return Json.array(json -> {
            for (ServiceStatus service : registered.services()) {
                for (ComponentStatus component : service.components()) {
                    if (component.metricsPort() != 0) {
                        write(json, service, component);
                    }
                }
            }
        });
    }

    private static void write(JsonGenerator json, ServiceStatus service, ComponentStatus component) throws IOException {
        json.writeStartObject();
        json.writeArrayFieldStart("targets");
        json.writeString(address(component.host(), component.metricsPort()));
        json.writeEndArray();
        json.writeObjectFieldStart("labels");
        label(json, "protocol", service.relayPort().protocol().word());
        label(json, "relay_port", Integer.toString(service.relayPort().number()));
        Route route = service.relayPort().route();
        if (!route.serverNames().isEmpty()) {
            label(json, "server_names", String.join(",", route.serverNames()));
        }
        if (!route.alpn().isEmpty()) {
            label(json, "alpn", String.join(",", route.alpn()));
        }
        label(json, "balance", service.balance().word());
        label(json, "component", component.name());
        label(json, "address", address(component.host(), component.port()));
        label(json, "state", component.state().word());
        label(json, "weight", Integer.toString(component.weight()));
        label(json, "priority", Integer.toString(component.priority()));
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void label(JsonGenerator json, String name, String value) throws IOException {
        json.writeStringField(LABEL + name, value);
    }

    private static String address(String host, int port) {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
