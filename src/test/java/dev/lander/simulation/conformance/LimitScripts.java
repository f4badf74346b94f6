package dev.lander.simulation.conformance;

import static java.nio.channels.SelectionKey.OP_ACCEPT;
import static java.nio.channels.SelectionKey.OP_READ;

import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;

/** What happens when there are no more descriptors, or no more room in a backlog; played in a process of its own. */
final class LimitScripts {
    /** The system asks again after a second when a listener has not answered. */
    private static final long ASKS_AGAIN_MS = 1_500;

    private LimitScripts() {}

    static List<Script> all() {
        return List.of(
                new Script("without a free descriptor no channel is opened", play -> {
                    play.takeDescriptors();
                    play.does("open a socket", () -> play.socket() != null)
                            .does("open a listener", () -> play.listener() != null)
                            .does("open one for datagrams", () -> play.unbound() != null);
                    play.giveDescriptorBack();
                    play.does("with one: open a socket", () -> play.socket() != null)
                            .does("open another", () -> play.socket() != null);
                }),
                new Script("without a free descriptor an accept throws, and who waits goes on waiting", play -> {
                    ServerSocketChannel listener = play.listener();
                    play.register(listener, OP_ACCEPT, "listener");
                    SocketChannel client = play.socket();
                    play.takeDescriptors();
                    play.does("accept with nobody there", listener::accept);
                    client.connect(listener.getLocalAddress());
                    play.settle();
                    play.does("finishConnect", client::finishConnect)
                            .select("with one")
                            .does("accept", listener::accept)
                            .select("afterwards");
                    play.giveDescriptorBack();
                    play.does("with a descriptor: accept", () -> play.own(listener.accept()) != null)
                            .select("when accepted");
                }),
                new Script("a registered channel that is closed keeps its descriptor until the next select", play -> {
                    DatagramChannel channel = play.datagrams();
                    play.register(channel, OP_READ, "channel");
                    play.takeDescriptors();
                    play.does("close", () -> Play.close(channel))
                            .does("open", () -> play.unbound() != null)
                            .select("once")
                            .does("open", () -> play.unbound() != null);
                }),
                new Script("a registered channel that is closed blocks an accept until the next select", play -> {
                    ServerSocketChannel listener = play.listener();
                    SocketChannel client = play.socket();
                    play.register(client, OP_READ, "client");
                    SocketChannel other = play.socket();
                    other.connect(listener.getLocalAddress());
                    play.settle();
                    play.takeDescriptors();
                    play.does("close", () -> Play.close(client))
                            .does("accept", listener::accept)
                            .select("once")
                            .does("accept", () -> play.own(listener.accept()) != null);
                }),
                new Script(
                        "a full backlog, which has room for one more than it says, leaves a connect pending", play -> {
                            ServerSocketChannel listener = play.listener(1);
                            SocketChannel[] clients = {play.socket(), play.socket(), play.socket()};
                            for (SocketChannel client : clients) {
                                client.connect(listener.getLocalAddress());
                                play.settle();
                            }
                            play.does("first", clients[0]::finishConnect)
                                    .does("second", clients[1]::finishConnect)
                                    .does("third", clients[2]::finishConnect)
                                    .does("accept", () -> play.own(listener.accept()) != null)
                                    .does("third", clients[2]::finishConnect);
                            play.settle(ASKS_AGAIN_MS);
                            play.does("third when it has asked again", clients[2]::finishConnect);
                        }));
    }
}
