package dev.lander.simulation;

import java.util.Map;

/** What no run reaches, and why; each has tests of its own. */
final class OutOfReach {
    private static final String DEFECT = "it takes a defect of Lander's";
    private static final String ACCESS_LOG = "the run itself is the access log, not a file";
    private static final String MEMORY = "it takes more memory than a run has";

    private static final Map<String, String> REASONS = Map.ofEntries(
            Map.entry("counter tcp_clients_closed/hello_memory", MEMORY),
            Map.entry("counter control_connections_closed/memory", MEMORY),
            Map.entry(
                    "counter control_connections_closed/limit", "it takes 4,096 connections, and as many descriptors"),
            Map.entry("counter tcp_binds_failed/system", "no simulated Lander shares its ports with another"),
            Map.entry("counter access_log_lines_lost/slow", ACCESS_LOG),
            Map.entry("counter access_log_lines_lost/write_failed", ACCESS_LOG),
            Map.entry("counter faults/defect", DEFECT),
            Map.entry(
                    "state bad to silent",
                    "what ends bad is a report of its own, which ends silence as well; only another Lander's may be"
                            + " older"));

    private OutOfReach() {}

    static boolean contains(String name) {
        return REASONS.containsKey(name);
    }

    /** All, each with its reason. */
    static Map<String, String> reasons() {
        return REASONS;
    }
}
