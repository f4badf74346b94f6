package dev.lander.simulation.conformance;

import static dev.lander.simulation.conformance.Play.bytes;
import static java.nio.channels.SelectionKey.OP_READ;
import static java.nio.channels.SelectionKey.OP_WRITE;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.util.List;

/** Datagrams. */
final class UdpScripts {
    private UdpScripts() {}

    static List<Script> all() {
        return List.of(
                new Script("a datagram comes whole, with its sender", play -> {
                    DatagramChannel one = play.datagrams();
                    DatagramChannel other = play.datagrams();
                    play.does("send", () -> one.send(bytes(5), other.getLocalAddress()))
                            .does("sender", () -> one.getLocalAddress().equals(other.receive(bytes(9))))
                            .does("receive", () -> other.receive(bytes(9)));
                }),
                new Script("a datagram that does not fit is cut, and the rest is gone", play -> {
                    DatagramChannel one = play.datagrams();
                    DatagramChannel other = play.connected(one);
                    one.send(bytes(9), other.getLocalAddress());
                    one.send(bytes(2), other.getLocalAddress());
                    play.settle();
                    play.does("read 4", () -> other.read(bytes(4))).does("read 4", () -> other.read(bytes(4)));
                }),
                new Script("an empty datagram is read as -1 by a connected channel, and none as 0", play -> {
                    DatagramChannel one = play.datagrams();
                    DatagramChannel other = play.connected(one);
                    one.send(bytes(0), other.getLocalAddress());
                    play.settle();
                    play.does("read", () -> other.read(bytes(9))).does("read", () -> other.read(bytes(9)));
                }),
                new Script("an empty datagram has a sender", play -> {
                    DatagramChannel one = play.datagrams();
                    DatagramChannel other = play.datagrams();
                    one.send(bytes(0), other.getLocalAddress());
                    play.settle();
                    play.does("sender", () -> other.receive(bytes(9)) != null);
                }),
                new Script("a connected channel sends no empty datagram", play -> {
                    DatagramChannel one = play.datagrams();
                    DatagramChannel other = play.connected(one);
                    play.does("write", () -> other.write(bytes(0))).does("receive", () -> one.receive(bytes(9)));
                }),
                new Script("a connected channel does not read before it is connected", play -> {
                    DatagramChannel one = play.datagrams();
                    play.does("read", () -> one.read(bytes(1))).does("write", () -> one.write(bytes(1)));
                }),
                new Script("a connected channel gets its peer's datagrams alone", play -> {
                    DatagramChannel peer = play.datagrams();
                    DatagramChannel stranger = play.datagrams();
                    DatagramChannel channel = play.connected(peer);
                    stranger.send(bytes(3), channel.getLocalAddress());
                    play.settle();
                    play.does("read", () -> channel.read(bytes(9)));
                    peer.send(bytes(4), channel.getLocalAddress());
                    play.settle();
                    play.does("read", () -> channel.read(bytes(9)));
                }),
                new Script("a connected channel sends to its peer alone", play -> {
                    DatagramChannel peer = play.datagrams();
                    DatagramChannel channel = play.connected(peer);
                    DatagramChannel stranger = play.datagrams();
                    play.does("send", () -> channel.send(bytes(1), stranger.getLocalAddress()))
                            .does("send", () -> channel.send(bytes(1), peer.getLocalAddress()));
                }),
                new Script("a disconnected channel gets everybody's datagrams", play -> {
                    DatagramChannel peer = play.datagrams();
                    DatagramChannel stranger = play.datagrams();
                    DatagramChannel channel = play.connected(peer);
                    InetSocketAddress address = (InetSocketAddress) channel.getLocalAddress();
                    play.does("disconnect", () -> channel.disconnect() == channel)
                            .does("isConnected", channel::isConnected);
                    stranger.send(bytes(3), address);
                    play.settle();
                    play.does("sender", () -> stranger.getLocalAddress().equals(channel.receive(bytes(9))));
                }),
                new Script("a disconnected channel sends empty datagrams from its old port", play -> {
                    DatagramChannel peer = play.datagrams();
                    DatagramChannel channel = play.connected(peer);
                    InetSocketAddress address = (InetSocketAddress) channel.getLocalAddress();
                    channel.disconnect();
                    play.does("send", () -> channel.send(bytes(0), peer.getLocalAddress()))
                            .does("sender", () -> address.equals(peer.receive(bytes(9))));
                }),
                new Script("a refusal is told by the next read of a connected channel, once", play -> {
                    DatagramChannel channel = refused(play);
                    play.does("write", () -> channel.write(bytes(1)))
                            .does("read", () -> channel.read(bytes(1)))
                            .does("read", () -> channel.read(bytes(1)));
                }),
                new Script("a refusal is told by the next write, and then that is not sent", play -> {
                    DatagramChannel peer = play.datagrams();
                    InetSocketAddress address = (InetSocketAddress) peer.getLocalAddress();
                    DatagramChannel channel = play.connected(peer);
                    peer.close();
                    play.does("write", () -> channel.write(bytes(1)));
                    DatagramChannel successor = play.unbound();
                    successor.bind(address);
                    play.does("write", () -> channel.write(bytes(2)))
                            .does("receive", () -> successor.receive(bytes(9)) != null)
                            .does("write", () -> channel.write(bytes(3)))
                            .does("receive", () -> successor.receive(bytes(9)) != null);
                }),
                new Script("a refusal makes a connected channel ready to read", play -> {
                    DatagramChannel channel = refused(play);
                    play.register(channel, OP_READ, "channel");
                    play.select("before")
                            .does("write", () -> channel.write(bytes(1)))
                            .select("when refused")
                            .does("read", () -> channel.read(bytes(1)))
                            .select("when told");
                }),
                new Script("an unconnected channel hears of no refusal", play -> {
                    DatagramChannel channel = play.datagrams();
                    DatagramChannel gone = play.datagrams();
                    InetSocketAddress nobody = (InetSocketAddress) gone.getLocalAddress();
                    gone.close();
                    play.does("send", () -> channel.send(bytes(1), nobody))
                            .does("receive", () -> channel.receive(bytes(1)))
                            .does("send", () -> channel.send(bytes(1), nobody));
                }),
                new Script("a bound port can't be bound again", play -> {
                    DatagramChannel one = play.datagrams();
                    DatagramChannel other = play.unbound();
                    play.does("bind", () -> other.bind(one.getLocalAddress()));
                }),
                new Script("a registered datagram channel keeps its port until the next select", play -> {
                    DatagramChannel one = play.datagrams();
                    InetSocketAddress address = (InetSocketAddress) one.getLocalAddress();
                    play.register(one, OP_READ, "one");
                    play.does("close", () -> Play.close(one))
                            .does("bind", () -> binds(play, address))
                            .select("once")
                            .does("bind", () -> binds(play, address));
                }),
                new Script("a channel is ready to read for as long as a datagram waits", play -> {
                    DatagramChannel one = play.datagrams();
                    DatagramChannel other = play.datagrams();
                    play.register(other, OP_READ, "other");
                    play.select("before");
                    one.send(bytes(0), other.getLocalAddress());
                    play.settle();
                    play.select("with one")
                            .select("again")
                            .does("receive", () -> other.receive(bytes(1)) != null)
                            .select("with none");
                }),
                new Script("a channel is ready to write", play -> {
                    play.register(play.datagrams(), OP_READ | OP_WRITE, "channel");
                    play.select("at once");
                }),
                new Script("the longest datagram has 65507 bytes", play -> {
                    DatagramChannel one = play.datagrams();
                    DatagramChannel other = play.datagrams();
                    play.does("send 65507", () -> one.send(bytes(65_507), other.getLocalAddress()))
                            .does("send 65508", () -> one.send(bytes(65_508), other.getLocalAddress()));
                }),
                new Script("an unbound channel receives nothing", play -> {
                    DatagramChannel channel = play.unbound();
                    play.does("receive", () -> channel.receive(bytes(1)));
                }),
                new Script("a closed datagram channel is closed for everything", play -> {
                    DatagramChannel one = play.datagrams();
                    one.close();
                    play.does("receive", () -> one.receive(bytes(1)))
                            .does("send", () -> one.send(bytes(1), play.nobody()))
                            .does("close", () -> Play.close(one));
                }),
                new Script("a channel connects once more only when disconnected", play -> {
                    DatagramChannel peer = play.datagrams();
                    DatagramChannel other = play.datagrams();
                    DatagramChannel channel = play.connected(peer);
                    play.does("connect", () -> channel.connect(other.getLocalAddress()))
                            .does("disconnect", () -> channel.disconnect() == channel)
                            .does("connect", () -> channel.connect(other.getLocalAddress()) == channel);
                }));
    }

    /** A channel whose peer has gone. */
    private static DatagramChannel refused(Play play) throws IOException {
        DatagramChannel peer = play.datagrams();
        DatagramChannel channel = play.connected(peer);
        peer.close();
        return channel;
    }

    private static Object binds(Play play, InetSocketAddress address) throws IOException {
        DatagramChannel other = play.unbound();
        other.bind(address);
        other.close();
        return "bound";
    }
}
