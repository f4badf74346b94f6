package dev.lander.admin;

import dev.lander.listing.RelayPage;
import dev.lander.listing.RelayTree;

/** {@code /api/relays}: the page of the control channel's relays reply, field by field. */
final class RelaysJson {
    private RelaysJson() {}

    static byte[] write(RelayPage page) {
        return Json.object(json -> RelayTree.write(page, new Json.Tree(json)));
    }
}
