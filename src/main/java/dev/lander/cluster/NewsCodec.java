package dev.lander.cluster;

import dev.lander.registry.Protocol;
import dev.lander.registry.RelayPort;
import dev.lander.registry.Route;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;

/**
 * News as msgpack: arrays one behind the other, each with its kind in front. A member skips kinds and further elements
 * that it does not know, so that Landers of different versions understand each other.
 */
final class NewsCodec {
    private static final int BEGIN = 0;
    private static final int END = 1;
    private static final int HELD = 2;
    private static final int RELEASED = 3;
    private static final int LEAVING = 4;
    private static final int UNSERVABLE = 5;
    private static final int OPERATED = 6;
    private static final int LOAD = 7;

    private final MessageBufferPacker packer = MessagePack.newDefaultBufferPacker();

    /** Bytes of all messages before this one. */
    private long before;

    /** Adds one to the message that is being written. */
    void add(News news) {
        try {
            write(news);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible); // it is written to memory
        }
    }

    /** Bytes of the message that is being written. */
    long size() {
        return packer.getTotalWrittenBytes() - before;
    }

    /** The message, and an empty one begins. */
    byte[] take() {
        byte[] message = packer.toByteArray();
        packer.clear();
        before = packer.getTotalWrittenBytes(); // clearing does not forget those
        return message;
    }

    private void write(News news) throws IOException {
        if (news instanceof News.Begin) {
            packer.packArrayHeader(1).packInt(BEGIN);
        } else if (news instanceof News.End) {
            packer.packArrayHeader(1).packInt(END);
        } else if (news instanceof News.Leaving) {
            packer.packArrayHeader(1).packInt(LEAVING);
        } else if (news instanceof News.Held held) {
            packer.packArrayHeader(3).packInt(HELD);
            write(held.identity());
            new HoldCodec(packer).write(held.hold());
        } else if (news instanceof News.Released released) {
            packer.packArrayHeader(2).packInt(RELEASED);
            write(released.identity());
        } else if (news instanceof News.Unservable unservable) {
            packer.packArrayHeader(3).packInt(UNSERVABLE);
            write(unservable.identity());
            packer.packString(unservable.why());
        } else if (news instanceof News.Operated operated) {
            packer.packArrayHeader(4).packInt(OPERATED);
            write(operated.identity());
            HoldCodec.write(packer, operated.stamp());
            packer.packBoolean(operated.drained());
        } else if (news instanceof News.Load load) {
            packer.packArrayHeader(3).packInt(LOAD);
            write(load.identity());
            packer.packInt(load.active());
        }
    }

    private void write(Identity identity) throws IOException {
        RelayPort relayPort = identity.relayPort();
        byte[] host = identity.address().getAddress().getAddress();
        packer.packArrayHeader(6);
        packer.packString(relayPort.protocol().word()).packInt(relayPort.number());
        HoldCodec.write(packer, relayPort.route().serverNames());
        HoldCodec.write(packer, relayPort.route().alpn());
        packer.packBinaryHeader(host.length).writePayload(host);
        packer.packInt(identity.address().getPort());
    }

    /**
     * What a message says.
     *
     * @throws IOException when it cannot be understood; the message says why
     */
    static List<News> read(byte[] message) throws IOException {
        List<News> all = new ArrayList<>();
        try (MessageUnpacker unpacker = MessagePack.newDefaultUnpacker(message)) {
            while (unpacker.hasNext()) {
                Elements elements = new Elements(unpacker);
                News news = read(elements);
                elements.skipRest();
                if (news != null) {
                    all.add(news);
                }
            }
        } catch (RuntimeException malformed) {
            throw new IOException(malformed.toString(), malformed);
        }
        return all;
    }

    private static @Nullable News read(Elements in) throws IOException {
        return switch (in.nextInt()) {
            case BEGIN -> new News.Begin();
            case END -> new News.End();
            case LEAVING -> new News.Leaving();
            case HELD -> new News.Held(identity(in.nextArray()), HoldCodec.read(in.nextArray()));
            case RELEASED -> new News.Released(identity(in.nextArray()));
            case UNSERVABLE -> new News.Unservable(identity(in.nextArray()), in.nextText());
            case OPERATED ->
                new News.Operated(identity(in.nextArray()), HoldCodec.stamp(in.nextArray()), in.nextBoolean());
            case LOAD -> new News.Load(identity(in.nextArray()), in.nextInt());
            default -> null;
        };
    }

    private static Identity identity(Elements in) throws IOException {
        Protocol protocol = HoldCodec.word(Protocol.values(), in.nextText());
        int number = in.nextInt();
        Route route = Route.of(in.nextTexts(), in.nextTexts());
        InetAddress host = InetAddress.getByAddress(in.nextBytes());
        int port = in.nextInt();
        in.skipRest();
        return new Identity(new RelayPort(protocol, number, route), new InetSocketAddress(host, port));
    }
}
