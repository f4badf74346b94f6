package dev.lander.admin;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lander.listing.ClusterStatus;
import dev.lander.registry.Snapshot.ComponentStatus;
import dev.lander.registry.Snapshot.ServiceStatus;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * {@code /api/rates}: what changes without traffic.
 *
 * @param timeMs now, in milliseconds since 1970
 * @param rates of those components that have any
 */
record RatesJson(
        long timeMs, ProcessFigures process, LoopView view, Map<ComponentId, Rate> rates, List<Sample> samples) {
    private static final long MS_PER_S = 1_000;

    byte[] write() {
        return Json.object(json -> {
            json.writeNumberField("time", timeMs);
            writeProcess(json);
            json.writeArrayFieldStart("services");
            for (ServiceStatus service : view.registered().services()) {
                writeService(json, service);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("samples");
            for (Sample sample : samples) {
                writeSample(json, sample);
            }
            json.writeEndArray();
        });
    }

    private void writeProcess(JsonGenerator json) throws IOException {
        LoopView.Load load = view.load();
        json.writeObjectFieldStart("process");
        json.writeStringField("version", process.version());
        json.writeNumberField("pid", process.pid());
        json.writeNumberField("uptime_seconds", process.uptimeMs() / MS_PER_S);
        json.writeNumberField("started", process.startedMs());
        json.writeStringField("java", process.java());
        json.writeStringField("state", state(load));
        json.writeNumberField("fds_open", process.openFds());
        json.writeNumberField("fds_limit", process.maxFds());
        json.writeNumberField("tcp_relays", load.relays());
        json.writeNumberField("udp_flows", load.flows());
        json.writeNumberField("control_connections", load.controlConnections());
        json.writeNumberField("control_port", load.controlPort());
        json.writeNumberField("heap_used_bytes", process.heapUsedBytes());
        json.writeNumberField("heap_max_bytes", process.heapMaxBytes());
        json.writeEndObject();
    }

    private String state(LoopView.Load load) {
        ClusterStatus cluster = view.cluster();
        if (load.draining()) {
            return "draining";
        }
        return cluster != null && cluster.joining() ? "joining" : "running";
    }

    private void writeService(JsonGenerator json, ServiceStatus service) throws IOException {
        json.writeStartObject();
        Json.writeService(json, service.relayPort());
        json.writeArrayFieldStart("components");
        for (ComponentStatus component : service.components()) {
            writeComponent(json, component, ComponentId.of(service, component));
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void writeComponent(JsonGenerator json, ComponentStatus component, ComponentId id) throws IOException {
        Rate rate = rates.getOrDefault(id, Rate.NONE);
        json.writeStartObject();
        json.writeStringField("name", component.name());
        json.writeStringField("host", component.host());
        json.writeNumberField("port", component.port());
        writeRate(json, "rate", rate.begun());
        writeRate(json, "bytes_in_rate", rate.bytesIn());
        writeRate(json, "bytes_out_rate", rate.bytesOut());
        json.writeNumberField("state_since", view.stateSince().getOrDefault(id, timeMs));
        json.writeEndObject();
    }

    private static void writeSample(JsonGenerator json, Sample sample) throws IOException {
        json.writeStartObject();
        json.writeNumberField("t", sample.timeS());
        writeRate(json, "connections", sample.connections());
        writeRate(json, "datagrams", sample.datagrams());
        writeRate(json, "bytes", sample.bytes());
        json.writeNumberField("relays", sample.relays());
        json.writeEndObject();
    }

    /** With one decimal place: more would be noise. */
    private static void writeRate(JsonGenerator json, String name, double perSecond) throws IOException {
        json.writeNumberField(name, Math.round(perSecond * 10) / 10.0);
    }
}
