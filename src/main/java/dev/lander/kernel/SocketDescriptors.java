package dev.lander.kernel;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.channels.SelectableChannel;

/**
 * The descriptors of the JDK's channels. It tells them in a package that it does not export; the jar's manifest has it
 * exported ({@code Add-Exports}), as must whoever starts Lander without the jar.
 */
final class SocketDescriptors {
    private static final String INTERFACE = "sun.nio.ch.SelChImpl";

    private static final MethodHandle DESCRIPTOR = find();

    private SocketDescriptors() {}

    /** Loads this class; throws LinkageError when descriptors are not to be had. */
    static void load() {}

    /** The channel's, which must be open: a closed one's may be another's by now. */
    static int of(SelectableChannel channel) {
        try {
            return (int) DESCRIPTOR.invokeExact(channel);
        } catch (Throwable impossible) {
            throw new IllegalArgumentException("no channel of the JDK's: " + channel, impossible);
        }
    }

    private static MethodHandle find() {
        try {
            Class<?> holder = Class.forName(INTERFACE);
            return MethodHandles.lookup()
                    .findVirtual(holder, "getFDVal", MethodType.methodType(int.class))
                    .asType(MethodType.methodType(int.class, SelectableChannel.class));
        } catch (ReflectiveOperationException missing) {
            throw new UnsatisfiedLinkError(missing.getMessage());
        }
    }
}
