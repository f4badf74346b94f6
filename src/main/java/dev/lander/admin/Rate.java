package dev.lander.admin;

/**
 * What a component does each second.
 *
 * @param begun TCP relays begun; UDP: datagrams sent to it
 * @param bytesIn bytes from clients to it
 * @param bytesOut bytes from it to clients
 */
record Rate(double begun, double bytesIn, double bytesOut) {
    static final Rate NONE = new Rate(0, 0, 0);
}
