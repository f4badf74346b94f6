package dev.lander.sockets;

import dev.lander.testing.UsedUpDescriptors;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.Channel;
import java.util.List;

/**
 * A program that uses up its file descriptors before it has closed a channel itself: its limit must be low. Prints what
 * each close comes to.
 */
final class ClosesWithoutDescriptors {
    private ClosesWithoutDescriptors() {}

    public static void main(String[] arguments) throws IOException {
        Sockets sockets = Sockets.ofSystem();
        sockets.openSelector();
        List<Channel> channels = List.of(
                sockets.openConnection(InetAddress.getLoopbackAddress()),
                sockets.openListener(null),
                sockets.openForDatagrams(null));
        UsedUpDescriptors all = new UsedUpDescriptors();
        for (Channel channel : channels) {
            try {
                channel.close();
                System.out.println("closed");
            } catch (LinkageError failed) {
                System.out.println(failed.getClass().getSimpleName());
            }
        }
        all.close();
    }
}
