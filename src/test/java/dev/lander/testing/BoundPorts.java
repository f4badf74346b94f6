package dev.lander.testing;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.ServerSocket;

/** Which ports are bound, found out without troubling who has bound them. */
public final class BoundPorts {
    private BoundPorts() {}

    /** Whether somebody listens on the TCP port. */
    public static boolean tcp(int port) {
        try (ServerSocket probe = new ServerSocket(port)) {
            return !probe.isBound();
        } catch (IOException taken) {
            return true;
        }
    }

    /** Whether somebody has bound the UDP port. */
    public static boolean udp(int port) {
        try (DatagramSocket probe = new DatagramSocket(port)) {
            return !probe.isBound();
        } catch (IOException taken) {
            return true;
        }
    }
}
