package dev.lander.admin;

import dev.lander.registry.Snapshot;
import dev.lander.registry.StatusTree;

/** {@code /api/status}: the services of the control channel's status reply, field by field. */
final class StatusJson {
    private StatusJson() {}

    static byte[] write(Snapshot registered) {
        return Json.object(json -> StatusTree.write(registered, new Json.Tree(json)));
    }
}
