package dev.lander.registry;

/** Whether a component can be chosen, and where its service's policies have it. */
final class Eligibility {
    /** Whose it is. */
    interface Owner {
        boolean isRegistered();

        ComponentTraits traits();

        int load();
    }

    private final Owner owner;
    private final Health health;

    /** Where the policies have it now. */
    Standing standing = Standing.OUT;

    /** An unreachable UDP component may be chosen once more, to see. */
    boolean onTrial;

    Eligibility(Owner owner, Health health) {
        this.owner = owner;
        this.health = health;
    }

    /** Where it belongs by its marks and its load. */
    Standing deservedStanding() {
        boolean mayServe = owner.isRegistered() && !isAtLimit() && health.mayServe();
        return Standing.of(mayServe, health.state() == State.GOOD || onTrial);
    }

    /** Whether nothing but its {@code max_connections} keeps it from being chosen. */
    boolean isFull() {
        return owner.isRegistered() && isAtLimit() && health.mayServe();
    }

    private boolean isAtLimit() {
        int most = owner.traits().maxConnections();
        return most > 0 && owner.load() >= most;
    }
}
