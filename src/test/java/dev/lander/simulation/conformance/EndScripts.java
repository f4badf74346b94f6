package dev.lander.simulation.conformance;

import static dev.lander.simulation.conformance.Play.bytes;
import static java.nio.channels.SelectionKey.OP_READ;
import static java.nio.channels.SelectionKey.OP_WRITE;

import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.List;

/** How TCP connections end. */
final class EndScripts {
    private EndScripts() {}

    static List<Script> all() {
        return List.of(
                new Script("the end follows behind the last byte, and stays", play -> {
                    SocketChannel[] ends = play.pair();
                    ends[0].write(bytes(2));
                    ends[0].close();
                    play.settle();
                    play.does("read", () -> ends[1].read(bytes(9)))
                            .does("read", () -> ends[1].read(bytes(9)))
                            .does("read", () -> ends[1].read(bytes(9)));
                }),
                new Script("a half-closed connection is still written the other way", play -> {
                    SocketChannel[] ends = play.pair();
                    play.does("shutdownOutput", () -> ends[0].shutdownOutput() == ends[0])
                            .does("read", () -> ends[1].read(bytes(9)))
                            .does("write", () -> ends[1].write(bytes(3)))
                            .does("read", () -> ends[0].read(bytes(9)))
                            .does("write", () -> ends[0].write(bytes(3)));
                }),
                new Script("the end of the other side is announced as long as one asks to read", play -> {
                    SocketChannel[] ends = play.pair();
                    SelectionKey key = play.register(ends[1], OP_READ, "reader");
                    ends[0].shutdownOutput();
                    play.settle();
                    play.select("after the end")
                            .does("read", () -> ends[1].read(bytes(9)))
                            .select("after it was read");
                    key.interestOps(0);
                    play.select("without interest");
                }),
                new Script("both ways ended: a connection is ready for whatever is asked", play -> {
                    SocketChannel[] ends = play.pair();
                    play.register(ends[1], OP_READ | OP_WRITE, "both");
                    ends[0].shutdownOutput();
                    ends[1].shutdownOutput();
                    play.settle();
                    play.select("when ended");
                }),
                new Script("after its own end a connection counts as writable, however much is on its way", play -> {
                    SocketChannel[] ends = play.pair();
                    Play.fill(ends[0]);
                    play.settle();
                    Play.fill(ends[0]);
                    play.register(ends[0], OP_WRITE, "writer");
                    play.select("when full")
                            .does("shutdownOutput", () -> ends[0].shutdownOutput() == ends[0])
                            .select("when shut");
                }),
                new Script("the output is shut down twice without harm", play -> {
                    SocketChannel[] ends = play.pair();
                    play.does("shutdownOutput", () -> ends[0].shutdownOutput() == ends[0])
                            .does("shutdownOutput", () -> ends[0].shutdownOutput() == ends[0]);
                }),
                new Script("a closed channel is closed for everything", play -> {
                    SocketChannel[] ends = play.pair();
                    ends[0].close();
                    play.does("read", () -> ends[0].read(bytes(1)))
                            .does("write", () -> ends[0].write(bytes(1)))
                            .does("shutdownOutput", ends[0]::shutdownOutput)
                            .does("finishConnect", ends[0]::finishConnect)
                            .does("close", () -> Play.close(ends[0]))
                            .does("isConnected", ends[0]::isConnected);
                }),
                new Script("what is written is delivered though the writer closes", play -> {
                    SocketChannel[] ends = play.pair();
                    play.does("write", () -> ends[0].write(bytes(30_000)))
                            .does("close", () -> Play.close(ends[0]))
                            .does("read", () -> ends[1].read(bytes(40_000)))
                            .does("read", () -> ends[1].read(bytes(40_000)));
                }),
                new Script("closing with something unread resets", play -> {
                    SocketChannel[] ends = play.pair();
                    ends[0].write(bytes(5));
                    play.settle();
                    play.does("close", () -> Play.close(ends[1])).does("read", () -> ends[0].read(bytes(9)));
                }),
                new Script("what comes for a closed connection is answered by a reset", play -> {
                    SocketChannel[] ends = play.pair();
                    play.does("close", () -> Play.close(ends[1]))
                            .does("write", () -> ends[0].write(bytes(3)))
                            .does("write", () -> ends[0].write(bytes(3)));
                }),
                new Script("the end is read before the reset is written into", play -> {
                    SocketChannel[] ends = play.pair();
                    play.does("close", () -> Play.close(ends[1]))
                            .does("read", () -> ends[0].read(bytes(3)))
                            .does("write", () -> ends[0].write(bytes(3)))
                            .does("read", () -> ends[0].read(bytes(3)));
                }),
                new Script("a reset is told behind the bytes that came before it, and again and again", play -> {
                    SocketChannel[] ends = play.pair();
                    ends[0].write(bytes(5));
                    play.settle();
                    play.does("reset", () -> Play.reset(ends[0]))
                            .does("read", () -> ends[1].read(bytes(9)))
                            .does("read", () -> ends[1].read(bytes(9)))
                            .does("read", () -> ends[1].read(bytes(9)));
                }),
                new Script("a reset is told to a write", play -> {
                    SocketChannel[] ends = play.pair();
                    play.does("reset", () -> Play.reset(ends[0]))
                            .does("write", () -> ends[1].write(bytes(9)))
                            .does("write", () -> ends[1].write(bytes(9)));
                }),
                new Script("a reset that a write has told is an end to a read", play -> {
                    SocketChannel[] ends = play.pair();
                    play.does("reset", () -> Play.reset(ends[0]))
                            .does("write", () -> ends[1].write(bytes(9)))
                            .does("read", () -> ends[1].read(bytes(9)));
                }),
                new Script("a reset connection is ready for whatever is asked", play -> {
                    SocketChannel[] ends = play.pair();
                    play.register(ends[1], OP_READ | OP_WRITE, "both");
                    Play.reset(ends[0]);
                    play.settle();
                    play.select("after the reset");
                }),
                new Script("a reset is told to who asks to write", play -> {
                    SocketChannel[] ends = play.pair();
                    Play.fill(ends[1]);
                    play.settle();
                    Play.fill(ends[1]);
                    play.register(ends[1], OP_WRITE, "writer");
                    play.select("when full");
                    Play.reset(ends[0]);
                    play.settle();
                    play.select("after the reset");
                }),
                new Script("a key without interest hears of no reset", play -> {
                    SocketChannel[] ends = play.pair();
                    SelectionKey key = play.register(ends[1], 0, "idle");
                    Play.reset(ends[0]);
                    play.settle();
                    play.select("without interest");
                    key.interestOps(OP_READ);
                    play.select("with interest");
                }),
                new Script("a reset that was told is announced no less", play -> {
                    SocketChannel[] ends = play.pair();
                    play.register(ends[1], OP_READ, "reader");
                    Play.reset(ends[0]);
                    play.settle();
                    play.does("read", () -> ends[1].read(bytes(9))).select("afterwards");
                }),
                new Script("what a resetting end had not sent is lost", play -> {
                    SocketChannel[] ends = play.pair();
                    Play.fill(ends[0]);
                    play.settle();
                    Play.fill(ends[0]);
                    play.settle();
                    play.does("reset", () -> Play.reset(ends[0])).does("drain", () -> Play.drain(ends[1]));
                }),
                new Script("shutting down the output of a reset connection tells nothing", play -> {
                    SocketChannel[] ends = play.pair();
                    Play.reset(ends[0]);
                    play.settle();
                    play.does("shutdownOutput", () -> ends[1].shutdownOutput() == ends[1]);
                }),
                new Script("a registered channel that is closed ends its output at once", play -> {
                    SocketChannel[] ends = play.pair();
                    play.register(ends[0], OP_READ, "closing");
                    play.does("close", () -> Play.close(ends[0]))
                            .does("read", () -> ends[1].read(bytes(1)))
                            .does("write", () -> ends[1].write(bytes(1)))
                            .does("write", () -> ends[1].write(bytes(1)))
                            .select("once")
                            .does("write", () -> ends[1].write(bytes(1)));
                }),
                new Script(
                        "a registered channel without lingering that is closed resets at the next select only",
                        play -> {
                            SocketChannel[] ends = play.pair();
                            play.register(ends[0], OP_READ, "closing");
                            play.does("reset", () -> Play.reset(ends[0]))
                                    .does("read", () -> ends[1].read(bytes(1)))
                                    .select("once")
                                    .does("read", () -> ends[1].read(bytes(1)));
                        }),
                new Script(
                        "a small send buffer makes a connection writable only when nearly all has been taken", play -> {
                            SocketChannel[] ends = play.pair();
                            Play.fill(ends[0]);
                            play.settle();
                            Play.fill(ends[0]);
                            play.register(ends[0], OP_WRITE, "writer");
                            play.does("SO_SNDBUF", () -> Play.set(ends[0], StandardSocketOptions.SO_SNDBUF, 1))
                                    .select("when full")
                                    .does("drain", () -> Play.drain(ends[1]))
                                    .does("drain", () -> Play.drain(ends[1]))
                                    .select("when read");
                        }),
                new Script("a channel whose input is shut reads the end", play -> {
                    SocketChannel[] ends = play.pair();
                    play.register(ends[0], OP_READ, "reader");
                    play.does("shutdownInput", () -> ends[0].shutdownInput() == ends[0])
                            .does("read", () -> ends[0].read(bytes(1)))
                            .select("afterwards");
                }));
    }
}
