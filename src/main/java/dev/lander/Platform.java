package dev.lander;

import dev.lander.host.Helper;
import dev.lander.host.Machine;
import dev.lander.host.ServiceNotifier;
import dev.lander.sockets.Sockets;
import java.net.InetAddress;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * What Lander runs on.
 *
 * @param clock a monotonic clock in nanoseconds
 * @param sockets opens all channels
 * @param notifier tells the service manager
 * @param descriptorLimit how many descriptors the process may have open
 * @param isLocal whether an address is one of this machine's
 * @param helper computes beside the loop, one thing after the other
 * @param random decides what is left to chance
 */
public record Platform(
        LongSupplier clock,
        Sockets sockets,
        ServiceNotifier notifier,
        long descriptorLimit,
        Predicate<InetAddress> isLocal,
        Executor helper,
        SplittableRandom random) {
    /** This machine, without a service manager. */
    public static Platform ofSystem(LongSupplier clock) {
        return ofSystem(clock, ServiceNotifier.none());
    }

    /** This machine, with this service manager. */
    public static Platform ofSystem(LongSupplier clock, ServiceNotifier notifier) {
        return new Platform(
                clock,
                Sockets.ofSystem(),
                notifier,
                Machine.descriptorLimit(),
                Machine::isLocal,
                Helper.thread("tls-handshakes"),
                new SplittableRandom());
    }
}
