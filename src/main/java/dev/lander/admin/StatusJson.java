package dev.lander.admin;

import dev.lander.listing.ClusterStatus;
import dev.lander.listing.ClusterTree;
import dev.lander.registry.StatusTree;

/** {@code /api/status}: what the control channel's status reply has, field by field. */
final class StatusJson {
    private StatusJson() {}

    static byte[] write(LoopView view) {
        return Json.object(json -> {
            Json.Tree out = new Json.Tree(json);
            ClusterStatus cluster = view.cluster();
            if (cluster != null) {
                ClusterTree.write(cluster, out);
            }
            StatusTree.write(view.registered(), out);
        });
    }
}
