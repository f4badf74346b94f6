package dev.lander.simulation.conformance;

import static dev.lander.simulation.conformance.Play.bytes;
import static java.nio.channels.SelectionKey.OP_CONNECT;
import static java.nio.channels.SelectionKey.OP_READ;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.util.List;

/** What a router on the way says of a destination (ICMP); played in a network of its own. */
final class BarredScripts {
    private static final int PORT = 9_000;

    private BarredScripts() {}

    static List<Script> all() {
        return List.of(
                connect("a connect to a host that a router can't reach throws when it is finished", Stage.NO_HOST),
                connect("a connect that a router prohibits throws when it is finished", Stage.PROHIBITED),
                datagram("a connected channel hears nothing of a host that a router can't reach", Stage.NO_HOST),
                datagram("what a router prohibits is told by the next read of a connected channel", Stage.PROHIBITED),
                new Script("what a router prohibits is told by the next write, and then that is not sent", play -> {
                    DatagramChannel channel = connected(play, Stage.PROHIBITED);
                    play.does("write", () -> channel.write(bytes(1)))
                            .does("write", () -> channel.write(bytes(2)))
                            .does("read", () -> channel.read(bytes(9)));
                }),
                new Script("an unconnected channel hears of neither", play -> {
                    DatagramChannel channel = play.datagramsAnywhere();
                    play.does("send", () -> channel.send(bytes(1), new InetSocketAddress(Stage.NO_HOST, PORT)))
                            .does("send", () -> channel.send(bytes(1), new InetSocketAddress(Stage.PROHIBITED, PORT)))
                            .does("receive", () -> channel.receive(bytes(9)));
                }));
    }

    private static Script connect(String rule, String host) {
        return new Script(rule, play -> {
            SocketChannel client = play.socket();
            play.register(client, OP_CONNECT, "client");
            play.does("connect", () -> client.connect(new InetSocketAddress(host, PORT)))
                    .select("when it is told")
                    .does("finishConnect", client::finishConnect)
                    .does("isOpen", client::isOpen);
        });
    }

    private static Script datagram(String rule, String host) {
        return new Script(rule, play -> {
            DatagramChannel channel = connected(play, host);
            play.register(channel, OP_READ, "channel");
            play.does("write", () -> channel.write(bytes(1)))
                    .select("when it is told")
                    .does("read", () -> channel.read(bytes(9)))
                    .does("read", () -> channel.read(bytes(9)))
                    .select("afterwards");
        });
    }

    private static DatagramChannel connected(Play play, String host) throws IOException {
        DatagramChannel channel = play.unbound();
        channel.connect(new InetSocketAddress(host, PORT));
        return channel;
    }
}
