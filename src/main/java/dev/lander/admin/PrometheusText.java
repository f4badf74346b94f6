package dev.lander.admin;

import dev.lander.listing.ClusterStatus;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** {@code /metrics}: everything that is counted, in Prometheus' text format. */
final class PrometheusText {
    static final String TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    private static final PrometheusTextFormatWriter WRITER = PrometheusTextFormatWriter.create();

    private PrometheusText() {}

    static byte[] write(LoopView view, ProcessFigures process) {
        MetricSnapshots.Builder metrics = MetricSnapshots.builder();
        ComponentMetrics.addTo(metrics, view.registered());
        ProcessMetrics.addTo(metrics, view, process);
        ClusterStatus cluster = view.cluster();
        if (cluster != null) {
            ClusterMetrics.addTo(metrics, cluster);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            WRITER.write(bytes, metrics.build());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible); // memory does not fail so
        }
        return bytes.toByteArray();
    }
}
