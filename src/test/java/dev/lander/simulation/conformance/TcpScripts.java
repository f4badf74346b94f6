package dev.lander.simulation.conformance;

import static dev.lander.simulation.conformance.Play.bytes;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;

/** Connecting, accepting, and bytes on their way. */
final class TcpScripts {
    private TcpScripts() {}

    static List<Script> all() {
        return List.of(
                new Script("a connect to a listener is pending at first, and stands before it is accepted", play -> {
                    ServerSocketChannel listener = play.listener();
                    SocketChannel client = play.socket();
                    play.does("connect", () -> client.connect(listener.getLocalAddress()))
                            .does("finishConnect", client::finishConnect)
                            .does("finishConnect again", client::finishConnect)
                            .does("isConnected", client::isConnected);
                }),
                new Script("a connect that is refused throws when it is finished, and closes the channel", play -> {
                    SocketChannel client = play.socket();
                    InetSocketAddress nobody = play.nobody();
                    play.does("connect", () -> client.connect(nobody))
                            .does("finishConnect", client::finishConnect)
                            .does("isOpen", client::isOpen)
                            .does("finishConnect again", client::finishConnect);
                }),
                new Script("a pending connect that is refused is ready to connect", play -> {
                    SocketChannel client = play.socket();
                    play.register(client, SelectionKey.OP_CONNECT, "client");
                    InetSocketAddress nobody = play.nobody();
                    play.does("connect", () -> client.connect(nobody))
                            .select("when refused")
                            .does("finishConnect", client::finishConnect)
                            .select("afterwards");
                }),
                new Script("a connection that stands is ready to connect until it is finished", play -> {
                    ServerSocketChannel listener = play.listener();
                    SocketChannel client = play.socket();
                    play.register(client, SelectionKey.OP_CONNECT, "client");
                    play.does("connect", () -> client.connect(listener.getLocalAddress()))
                            .select("when it stands")
                            .select("again")
                            .does("finishConnect", client::finishConnect)
                            .select("when finished");
                }),
                new Script("before it is connected a channel neither reads nor writes", play -> {
                    SocketChannel client = play.socket();
                    play.does("read", () -> client.read(bytes(1)))
                            .does("write", () -> client.write(bytes(1)))
                            .does("shutdownOutput", client::shutdownOutput)
                            .does("finishConnect", client::finishConnect);
                }),
                new Script("a channel connects once", play -> {
                    SocketChannel[] ends = play.pair();
                    play.does("connect", () -> ends[0].connect(play.nobody()));
                }),
                new Script("a channel whose connect is pending does not connect again", play -> {
                    ServerSocketChannel listener = play.listener();
                    SocketChannel client = play.socket();
                    client.connect(listener.getLocalAddress());
                    play.does("connect", () -> client.connect(listener.getLocalAddress()));
                }),
                new Script("accept gives nothing while nobody has connected", play -> {
                    ServerSocketChannel listener = play.listener();
                    play.does("accept", listener::accept);
                }),
                new Script("a listener is ready for as long as somebody waits", play -> {
                    ServerSocketChannel listener = play.listener();
                    play.register(listener, SelectionKey.OP_ACCEPT, "listener");
                    play.select("before");
                    play.socket().connect(listener.getLocalAddress());
                    play.settle();
                    play.select("with one")
                            .select("again")
                            .does("accept", () -> play.own(listener.accept()) != null)
                            .select("afterwards");
                }),
                new Script("who has connected, written and ended before the accept is accepted whole", play -> {
                    ServerSocketChannel listener = play.listener();
                    SocketChannel client = play.socket();
                    client.connect(listener.getLocalAddress());
                    play.settle();
                    client.finishConnect();
                    client.write(bytes(3));
                    client.close();
                    play.settle();
                    SocketChannel server = play.own(listener.accept());
                    server.configureBlocking(false);
                    play.does("read", () -> server.read(bytes(9))).does("read", () -> server.read(bytes(9)));
                }),
                new Script("who has reset before the accept is accepted, and reset", play -> {
                    ServerSocketChannel listener = play.listener();
                    SocketChannel client = play.socket();
                    client.connect(listener.getLocalAddress());
                    play.settle();
                    client.finishConnect();
                    Play.reset(client);
                    play.settle();
                    SocketChannel server = play.own(listener.accept());
                    server.configureBlocking(false);
                    play.does("read", () -> server.read(bytes(9)));
                }),
                new Script("a listener that closes resets those who wait", play -> {
                    ServerSocketChannel listener = play.listener();
                    SocketChannel client = play.socket();
                    client.connect(listener.getLocalAddress());
                    play.settle();
                    client.finishConnect();
                    listener.close();
                    play.settle();
                    play.does("read", () -> client.read(bytes(9)));
                }),
                new Script("a port that is listened on can't be bound again", play -> {
                    ServerSocketChannel listener = play.listener();
                    InetSocketAddress taken = (InetSocketAddress) listener.getLocalAddress();
                    play.does("bind", () -> play.listener().bind(taken)).does("other", () -> bindsTo(play, taken));
                }),
                new Script("a listener's port is free once it is closed", play -> {
                    ServerSocketChannel listener = play.listener();
                    InetSocketAddress taken = (InetSocketAddress) listener.getLocalAddress();
                    listener.close();
                    play.does("bind", () -> bindsTo(play, taken));
                }),
                new Script("a registered listener keeps its port until the next select", play -> {
                    ServerSocketChannel listener = play.listener();
                    InetSocketAddress taken = (InetSocketAddress) listener.getLocalAddress();
                    play.register(listener, SelectionKey.OP_ACCEPT, "listener");
                    play.does("close", () -> Play.close(listener))
                            .does("bind", () -> bindsTo(play, taken))
                            .select("once")
                            .does("bind", () -> bindsTo(play, taken));
                }),
                new Script(
                        "a registered listener that is closed still completes connects until the next select", play -> {
                            ServerSocketChannel listener = play.listener();
                            InetSocketAddress address = (InetSocketAddress) listener.getLocalAddress();
                            play.register(listener, SelectionKey.OP_ACCEPT, "listener");
                            listener.close();
                            SocketChannel client = play.socket();
                            client.connect(address);
                            play.settle();
                            play.does("finishConnect", client::finishConnect)
                                    .select("once")
                                    .does("read", () -> client.read(bytes(1)));
                        }),
                new Script("bytes come in their order, as many as fit", play -> {
                    SocketChannel[] ends = play.pair();
                    play.does("write", () -> ends[0].write(bytes(5)))
                            .does("write", () -> ends[0].write(bytes(4)))
                            .does("read 6", () -> ends[1].read(bytes(6)))
                            .does("read 6", () -> ends[1].read(bytes(6)))
                            .does("read 6", () -> ends[1].read(bytes(6)));
                }),
                new Script("a read into a buffer without room takes nothing", play -> {
                    SocketChannel[] ends = play.pair();
                    ends[0].write(bytes(5));
                    play.settle();
                    play.does("read 0", () -> ends[1].read(bytes(0))).does("read 9", () -> ends[1].read(bytes(9)));
                }),
                new Script("a writer is taken nothing more from when its reader stops", play -> {
                    SocketChannel[] ends = play.pair();
                    play.register(ends[0], SelectionKey.OP_WRITE, "writer");
                    play.select("before")
                            .does("fill", () -> Play.fill(ends[0]))
                            .does("fill", () -> Play.fill(ends[0]))
                            .does("fill", () -> Play.fill(ends[0]))
                            .select("when full")
                            .does("drain", () -> Play.drain(ends[1]))
                            .does("drain", () -> Play.drain(ends[1]))
                            .select("when read");
                }),
                new Script("a connection is ready to read for as long as there is something", play -> {
                    SocketChannel[] ends = play.pair();
                    play.register(ends[1], SelectionKey.OP_READ, "reader");
                    play.select("before");
                    ends[0].write(bytes(2));
                    play.settle();
                    play.select("with two")
                            .does("read 1", () -> ends[1].read(bytes(1)))
                            .select("with one")
                            .does("read 1", () -> ends[1].read(bytes(1)))
                            .select("with none");
                }),
                new Script("a port connected to itself is connected, and reads what it writes", play -> {
                    SocketChannel self = play.socket();
                    self.bind(play.anyPort());
                    InetSocketAddress own = (InetSocketAddress) self.getLocalAddress();
                    play.does("connect", () -> self.connect(own))
                            .does("finishConnect", self::finishConnect)
                            .does("same address", () -> own.equals(self.getRemoteAddress()))
                            .does("write", () -> self.write(bytes(3)))
                            .does("read", () -> self.read(bytes(9)));
                }));
    }

    private static Object bindsTo(Play play, InetSocketAddress address) throws IOException {
        ServerSocketChannel other = play.own(play.selector().provider().openServerSocketChannel());
        other.bind(address);
        other.close();
        return "bound";
    }
}
