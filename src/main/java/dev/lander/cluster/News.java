package dev.lander.cluster;

/** What one member says to others. */
interface News {
    /** The whole set of the member's holds comes now: what it holds and is not in it, it holds no more. */
    record Begin() implements News {}

    /** The whole set has come. */
    record End() implements News {}

    /** The member holds this component. */
    record Held(Identity identity, Hold hold) implements News {}

    /** The member holds this component no more. */
    record Released(Identity identity) implements News {}

    /** The member ends: what it releases from now on is served on. */
    record Leaving() implements News {}

    /** The member cannot serve a component that this one holds. */
    record Unservable(Identity identity, String why) implements News {}

    /** An operator has drained the component, or ended that. */
    record Operated(Identity identity, Stamp stamp, boolean drained) implements News {}

    /** The member has this many relays or flows to the component open. */
    record Load(Identity identity, int active) implements News {}
}
