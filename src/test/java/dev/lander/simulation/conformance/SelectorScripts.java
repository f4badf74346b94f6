package dev.lander.simulation.conformance;

import static dev.lander.simulation.conformance.Play.bytes;
import static java.nio.channels.SelectionKey.OP_ACCEPT;
import static java.nio.channels.SelectionKey.OP_READ;
import static java.nio.channels.SelectionKey.OP_WRITE;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Keys and selects. */
final class SelectorScripts {
    private SelectorScripts() {}

    static List<Script> all() {
        return List.of(
                new Script("a cancelled key is not announced, and its channel lives on", play -> {
                    SocketChannel[] ends = play.pair();
                    SelectionKey key = play.register(ends[1], OP_READ, "reader");
                    ends[0].write(bytes(1));
                    play.settle();
                    key.cancel();
                    play.select("once").does("isOpen", ends[1]::isOpen).does("read", () -> ends[1].read(bytes(9)));
                }),
                new Script("a cancelled channel is registered until the next select", play -> {
                    SocketChannel[] ends = play.pair();
                    SelectionKey key = play.register(ends[1], OP_READ, "reader");
                    key.cancel();
                    play.does("isValid", key::isValid)
                            .does("isRegistered", ends[1]::isRegistered)
                            .does("register", () -> play.register(ends[1], OP_READ, "again"))
                            .select("once")
                            .does("isRegistered", ends[1]::isRegistered)
                            .does("register", () -> play.register(ends[1], OP_READ, "again") != key);
                }),
                new Script("a closed channel's key is not valid, and asks for nothing", play -> {
                    SocketChannel[] ends = play.pair();
                    SelectionKey key = play.register(ends[1], OP_READ, "reader");
                    ends[1].close();
                    play.does("isValid", key::isValid)
                            .does("interestOps", key::interestOps)
                            .does("interestOps(0)", () -> key.interestOps(0))
                            .does("readyOps", key::readyOps);
                }),
                new Script("a key is among the selector's until the select after its cancelling", play -> {
                    SocketChannel[] ends = play.pair();
                    SelectionKey key = play.register(ends[1], OP_READ, "reader");
                    play.does("keys", () -> play.selector().keys().size());
                    key.cancel();
                    play.does("keys", () -> play.selector().keys().size())
                            .select("once")
                            .does("keys", () -> play.selector().keys().size());
                }),
                new Script("a key that is cancelled by an earlier handler is still handed to its own", play -> {
                    SocketChannel[] ends = play.pair();
                    SelectionKey one = play.register(ends[0], OP_WRITE, "one");
                    SelectionKey other = play.register(ends[1], OP_WRITE, "other");
                    int[] handled = new int[2];
                    play.does("selected", () -> play.selector().selectNow(key -> {
                        handled[0]++;
                        handled[1] += key.isValid() ? 1 : 0;
                        (key == one ? other : one).cancel();
                    }));
                    play.does("handled", () -> handled[0]).does("valid", () -> handled[1]);
                }),
                new Script("a select within a handler is refused", play -> {
                    SocketChannel[] ends = play.pair();
                    play.register(ends[0], OP_WRITE, "writer");
                    play.does("select", () -> play.selector().selectNow(key -> selectAgain(play.selector())));
                }),
                new Script("an interest that a handler changes counts from the next select on", play -> {
                    SocketChannel[] ends = play.pair();
                    SelectionKey key = play.register(ends[0], OP_WRITE, "writer");
                    play.does("select", () -> play.selector().selectNow(ready -> key.interestOps(0)))
                            .select("afterwards");
                }),
                new Script("a channel that is registered twice has one key", play -> {
                    SocketChannel[] ends = play.pair();
                    SelectionKey key = play.register(ends[0], OP_READ, "first");
                    play.does("same key", () -> key == play.register(ends[0], OP_WRITE, "second"))
                            .select("once");
                }),
                new Script("interest must be in what the channel can do", play -> {
                    SocketChannel[] ends = play.pair();
                    SelectionKey key = play.register(ends[0], OP_READ, "reader");
                    play.does("interestOps", () -> key.interestOps(OP_ACCEPT));
                }),
                new Script("a wakeup before a select ends it at once", play -> {
                    play.does("wakeup", () -> play.selector().wakeup() == play.selector())
                            .does("select", () -> play.selector().select(60_000));
                }),
                new Script("two wakeups end one select", play -> {
                    play.selector().wakeup();
                    play.selector().wakeup();
                    play.does("select", () -> play.selector().select(60_000))
                            .does("select", () -> play.selector().select(1));
                }),
                new Script("a select that does not wait uses up a wakeup", play -> {
                    play.selector().wakeup();
                    play.does("selectNow", () -> play.selector().selectNow())
                            .does("select", () -> play.selector().select(1));
                }),
                new Script("a key is passed over when what is handled before it withdraws its interest", play -> {
                    play.does("handled", () -> changingTheOther(play, 0, false));
                }),
                new Script("a key is passed over when what is handled before it changes its interest", play -> {
                    play.does("handled", () -> changingTheOther(play, OP_WRITE, false));
                }),
                new Script("a key that a reset has made ready is so for what is wanted when its turn comes", play -> {
                    play.does("handled", () -> changingTheOther(play, OP_WRITE, true));
                }),
                new Script("a select whose keys have no interest waits its time", play -> {
                    SocketChannel[] ends = play.pair();
                    play.register(ends[0], 0, "idle");
                    play.does("select", () -> play.selector().select(1));
                }),
                new Script("a closed selector's keys are not valid", play -> {
                    SocketChannel[] ends = play.pair();
                    SelectionKey key = play.register(ends[0], OP_READ, "reader");
                    play.selector().close();
                    play.does("isValid", key::isValid)
                            .does("isRegistered", ends[0]::isRegistered)
                            .does("select", () -> play.selector().selectNow());
                }),
                new Script("a blocking channel can't be registered", play -> {
                    SocketChannel[] ends = play.pair();
                    ends[0].configureBlocking(true);
                    play.does("register", () -> play.register(ends[0], OP_READ, "reader"));
                }),
                new Script("a registered channel can't be made blocking", play -> {
                    SocketChannel[] ends = play.pair();
                    play.register(ends[0], OP_READ, "reader");
                    play.does("configureBlocking", () -> ends[0].configureBlocking(true));
                }));
    }

    /** Of two ready keys, whichever comes first changes what the other waits for; what both are handled for. */
    private static List<String> changingTheOther(Play play, int ops, boolean byReset) throws IOException {
        List<SelectionKey> keys = new ArrayList<>();
        for (String name : List.of("one", "other")) {
            SocketChannel[] ends = play.pair();
            keys.add(play.register(ends[0], OP_READ, name));
            if (byReset) {
                Play.reset(ends[1]);
            } else {
                ends[1].write(bytes(1));
            }
        }
        play.settle();
        List<String> handled = new ArrayList<>();
        play.selector().selectNow(key -> {
            handled.add(Play.names(key.readyOps()));
            keys.stream().filter(other -> other != key && handled.size() == 1).forEach(other -> other.interestOps(ops));
        });
        return handled;
    }

    private static void selectAgain(Selector selector) {
        try {
            selector.selectNow();
        } catch (IOException fault) {
            throw new AssertionError(fault);
        }
    }
}
