package dev.lander.admin;

import dev.lander.metrics.Counter;
import dev.lander.metrics.Histogram;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import java.lang.management.GarbageCollectorMXBean;
import java.util.LinkedHashMap;
import java.util.Map;

/** The metrics of the process as a whole, those of Java and the system under the names that all exporters use. */
final class ProcessMetrics {
    private static final double NS_PER_S = 1e9;
    private static final double MS_PER_S = 1e3;

    private final MetricSnapshots.Builder metrics;

    private ProcessMetrics(MetricSnapshots.Builder metrics) {
        this.metrics = metrics;
    }

    static void addTo(MetricSnapshots.Builder metrics, LoopView view, ProcessFigures process) {
        ProcessMetrics all = new ProcessMetrics(metrics);
        all.addLoad(view.load());
        all.addCauses(view.counters());
        all.histogram(
                "lander_upstream_connect_seconds",
                "How long TCP connects to components took that succeeded.",
                view.connectTimes());
        all.histogram(
                "lander_loop_turn_seconds",
                "How long the loop's turns took, without the wait for news.",
                view.turnTimes());
        all.addProcess(process);
        all.addJava(process);
    }

    private void addLoad(LoopView.Load load) {
        gauge("lander_draining", "1 while lander ends and open relays finish.", load.draining() ? 1 : 0);
        counter("lander_connections", "TCP relays begun.", load.traffic().connections());
        counter(
                "lander_datagrams",
                "UDP datagrams sent to components.",
                load.traffic().datagrams());
        metrics.metricSnapshot(CounterSnapshot.builder()
                .name("lander_bytes")
                .help("Bytes relayed; in = from clients to components, out = back.")
                .dataPoint(point(Labels.of("direction", "in"), load.traffic().bytesIn()))
                .dataPoint(point(Labels.of("direction", "out"), load.traffic().bytesOut()))
                .build());
        counter(
                "lander_spliced_bytes",
                "Those of them that were moved within the kernel (splice) instead of being copied.",
                load.splicedBytes());
        gauge("lander_tcp_relays", "TCP relays that are open or connecting.", load.relays());
        gauge("lander_tcp_relays_limit", "TCP relays that may be open at once.", load.maxRelays());
        gauge("lander_udp_flows", "UDP flows that are open.", load.flows());
        gauge("lander_udp_flows_limit", "UDP flows that may be open at once.", load.maxFlows());
        gauge("lander_control_connections", "Control connections that are open.", load.controlConnections());
        if (load.certificateExpires() != null) {
            gauge(
                    "lander_control_certificate_expiry_timestamp_seconds",
                    "When the control channel's certificate expires, since 1970.",
                    load.certificateExpires().getEpochSecond());
        }
    }

    /** One counter for each family, with its causes. */
    private void addCauses(Map<Counter, Long> counters) {
        Map<String, CounterSnapshot.Builder> families = new LinkedHashMap<>();
        Map<String, String> helps = new LinkedHashMap<>();
        counters.forEach((counter, value) -> {
            families.computeIfAbsent(counter.family(), family -> CounterSnapshot.builder()
                            .name("lander_" + family))
                    .dataPoint(point(Labels.of("cause", counter.cause()), value));
            helps.merge(counter.family(), counter.cause() + " = " + counter.help(), (one, more) -> one + "; " + more);
        });
        families.forEach((family, builder) -> metrics.metricSnapshot(
                builder.help("By cause: " + helps.get(family) + ".").build()));
    }

    private void addProcess(ProcessFigures process) {
        metrics.metricSnapshot(InfoSnapshot.builder()
                .name("lander_build")
                .help("The versions that run.")
                .dataPoint(InfoDataPointSnapshot.builder()
                        .labels(Labels.of("version", process.version(), "java", process.java()))
                        .build())
                .build());
        gauge("process_open_fds", "Open file descriptors.", process.openFds());
        gauge("process_max_fds", "How many file descriptors may be open.", process.maxFds());
        gauge("process_start_time_seconds", "When the process began, since 1970.", process.startedMs() / MS_PER_S);
        gauge("process_resident_memory_bytes", "Resident memory.", process.residentBytes());
        counter("process_cpu_seconds", "Processor time used, by all threads.", process.cpuSeconds());
    }

    private void addJava(ProcessFigures process) {
        Labels heap = Labels.of("area", "heap");
        gauge("jvm_memory_used_bytes", "Memory in use.", heap, process.heapUsedBytes());
        gauge("jvm_memory_max_bytes", "Memory that may be used.", heap, process.heapMaxBytes());
        SummarySnapshot.Builder collections =
                SummarySnapshot.builder().name("jvm_gc_collection_seconds").help("Time spent collecting garbage.");
        for (GarbageCollectorMXBean collector : process.collectors()) {
            collections.dataPoint(SummaryDataPointSnapshot.builder()
                    .labels(Labels.of("gc", collector.getName()))
                    .count(collector.getCollectionCount())
                    .sum(collector.getCollectionTime() / MS_PER_S)
                    .build());
        }
        metrics.metricSnapshot(collections.build());
    }

    private void histogram(String name, String help, Histogram.Values values) {
        double[] bounds = new double[values.counts().size()];
        long[] counts = new long[bounds.length];
        for (int i = 0; i < bounds.length; i++) {
            boolean last = i == bounds.length - 1;
            bounds[i] = last ? Double.POSITIVE_INFINITY : values.boundsNs().get(i) / NS_PER_S;
            counts[i] = values.counts().get(i);
        }
        metrics.metricSnapshot(HistogramSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(HistogramDataPointSnapshot.builder()
                        .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, counts))
                        .sum(values.sumNs() / NS_PER_S)
                        .build())
                .build());
    }

    private void gauge(String name, String help, Number value) {
        gauge(name, help, Labels.EMPTY, value);
    }

    private void gauge(String name, String help, Labels labels, Number value) {
        metrics.metricSnapshot(GaugeSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(GaugeDataPointSnapshot.builder()
                        .labels(labels)
                        .value(value.doubleValue())
                        .build())
                .build());
    }

    private void counter(String name, String help, Number value) {
        metrics.metricSnapshot(CounterSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(point(Labels.EMPTY, value))
                .build());
    }

    private static CounterDataPointSnapshot point(Labels labels, Number value) {
        return CounterDataPointSnapshot.builder()
                .labels(labels)
                .value(value.doubleValue())
                .build();
    }
}
