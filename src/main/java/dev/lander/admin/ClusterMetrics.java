package dev.lander.admin;

import dev.lander.listing.ClusterStatus;
import dev.lander.listing.MemberStatus;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

/** The metrics of a cluster, as one of its members sees it. */
final class ClusterMetrics {
    private ClusterMetrics() {}

    static void addTo(MetricSnapshots.Builder metrics, ClusterStatus cluster) {
        GaugeSnapshot.Builder holds = GaugeSnapshot.builder()
                .name("lander_cluster_holds")
                .help("Registrations that the member has told to the others.");
        GaugeSnapshot.Builder refused = GaugeSnapshot.builder()
                .name("lander_cluster_refused")
                .help("Services with components registered here that the member can't serve.");
        for (MemberStatus member : cluster.members()) {
            Labels labels = Labels.of("member", member.name(), "address", member.address());
            holds.dataPoint(point(labels, member.holds()));
            refused.dataPoint(point(labels, member.refused().size()));
        }
        metrics.metricSnapshot(gauge(
                        "lander_cluster_members",
                        "Landers that are reached, this one included.",
                        cluster.members().size()))
                .metricSnapshot(holds.build())
                .metricSnapshot(refused.build())
                .metricSnapshot(gauge(
                        "lander_orphans",
                        "Components that are served though no Lander that is reached has them.",
                        cluster.orphans()))
                .metricSnapshot(CounterSnapshot.builder()
                        .name("lander_cluster_lost")
                        .help("How often a member was lost that had not said that it ends.")
                        .dataPoint(CounterDataPointSnapshot.builder()
                                .value((double) cluster.lost())
                                .build())
                        .build());
    }

    private static GaugeSnapshot gauge(String name, String help, int value) {
        return GaugeSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(point(Labels.EMPTY, value))
                .build();
    }

    private static GaugeDataPointSnapshot point(Labels labels, int value) {
        return GaugeDataPointSnapshot.builder()
                .labels(labels)
                .value((double) value)
                .build();
    }
}
