package dev.lander.sockets;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;

/** A machine's network interfaces. */
@FunctionalInterface
public interface Interfaces {
    /**
     * The addresses of those that are up.
     *
     * @throws SocketException when an interface has gone in the midst of it
     */
    List<InetAddress> addresses() throws SocketException;

    /** Those of this machine. */
    static Interfaces ofSystem() {
        return Interfaces::addressesOfSystem;
    }

    private static List<InetAddress> addressesOfSystem() throws SocketException {
        List<InetAddress> addresses = new ArrayList<>();
        for (NetworkInterface one : NetworkInterface.networkInterfaces().toList()) {
            if (one.isUp()) {
                addresses.addAll(one.inetAddresses().toList());
            }
        }
        return addresses;
    }
}
