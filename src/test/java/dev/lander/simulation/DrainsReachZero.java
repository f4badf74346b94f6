package dev.lander.simulation;

/** Who waits for a drain hears of its end. */
final class DrainsReachZero extends Invariant {
    DrainsReachZero(Cast cast) {
        super(cast, "drains reach 0");
    }

    @Override
    void onQuiet() {
        for (ServiceComponent component : cast.components()) {
            if (component.isUp()) {
                component.drainNews().active().forEach((drained, active) -> {
                    String key = drained.replaceFirst(
                            " ", " " + component.host.address().getHostAddress() + ":");
                    boolean drains = cast.model().state(key).equals("draining")
                            && cast.model().registered().contains(key);
                    check(!drains || active == 0, component + " has heard of " + active + " at last on " + drained);
                });
                component
                        .ownDrains()
                        .forEach(drained -> check(
                                !component.isDraining(drained)
                                        || component.drainNews().active().containsKey(drained),
                                component + " has never heard of " + drained));
            }
        }
    }
}
