package dev.lander.simulation.network;

/** What {@code poll} tells of a descriptor, as on Linux. */
final class Poll {
    static final int IN = 0x1;
    static final int OUT = 0x4;
    static final int ERR = 0x8;
    static final int HUP = 0x10;

    private Poll() {}
}
