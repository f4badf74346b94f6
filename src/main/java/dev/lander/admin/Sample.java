package dev.lander.admin;

/**
 * One second of the process.
 *
 * @param timeS when it ended, in seconds since 1970
 * @param connections TCP relays begun, each second
 * @param datagrams UDP datagrams sent to components, each second
 * @param bytes relayed in both directions, each second
 * @param relays TCP relays open at its end
 */
record Sample(long timeS, double connections, double datagrams, double bytes, int relays) {}
