package dev.lander.relay.tls;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the body of a ClientHello that is there as a whole. Every length is checked against what is left. */
final class HelloReader {
    private static final int VERSION_AND_RANDOM = 2 + 32;
    private static final int LONGEST_SESSION_ID = 32;
    private static final int SERVER_NAME = 0;
    private static final int APPLICATION_PROTOCOLS = 16;
    private static final int HOST_NAME = 0;
    private static final int LONGEST_NAME = 255;

    private final ByteBuffer body;
    private @Nullable String serverName;
    private final List<String> protocols = new ArrayList<>();

    /** @param body from its position to its limit */
    HelloReader(ByteBuffer body) {
        this.body = body;
    }

    /** @throws MalformedHelloException when something in it is longer than what it stands in, or there twice */
    ClientHello read() throws MalformedHelloException {
        take(body, VERSION_AND_RANDOM, "version and random");
        if (takeShort(body, "session id").remaining() > LONGEST_SESSION_ID) {
            throw new MalformedHelloException("the session id is too long");
        }
        takeLong(body, "cipher suites");
        takeShort(body, "compression methods");
        if (body.hasRemaining()) {
            readExtensions(takeLong(body, "extensions"));
            if (body.hasRemaining()) {
                throw new MalformedHelloException("something follows the extensions");
            }
        }
        return ClientHello.of(serverName, protocols);
    }

    private void readExtensions(ByteBuffer extensions) throws MalformedHelloException {
        boolean named = false;
        boolean offered = false;
        while (extensions.hasRemaining()) {
            int type = take(extensions, 2, "an extension's type").getShort();
            ByteBuffer extension = takeLong(extensions, "an extension");
            if (type == SERVER_NAME) {
                checkOnce(named, "server names");
                named = true;
                readNames(takeLong(extension, "server names"));
            } else if (type == APPLICATION_PROTOCOLS) {
                checkOnce(offered, "protocols");
                offered = true;
                readProtocols(takeLong(extension, "protocols"));
            }
        }
    }

    private static void checkOnce(boolean before, String what) throws MalformedHelloException {
        if (before) {
            throw new MalformedHelloException("there are two lists of " + what);
        }
    }

    /** The first host name counts; there are no names of other types. */
    private void readNames(ByteBuffer names) throws MalformedHelloException {
        while (names.hasRemaining()) {
            int type = names.get();
            ByteBuffer name = takeLong(names, "a server name");
            if (type == HOST_NAME && serverName == null) {
                if (!name.hasRemaining() || name.remaining() > LONGEST_NAME) {
                    throw new MalformedHelloException("the server name has " + name.remaining() + " bytes");
                }
                serverName = text(name);
            }
        }
    }

    private void readProtocols(ByteBuffer offers) throws MalformedHelloException {
        while (offers.hasRemaining()) {
            ByteBuffer protocol = takeShort(offers, "a protocol");
            if (!protocol.hasRemaining()) {
                throw new MalformedHelloException("a protocol has no name");
            }
            protocols.add(text(protocol));
        }
    }

    /** Each byte is a character: what is not ASCII equals no name that is registered. */
    private static String text(ByteBuffer bytes) {
        return StandardCharsets.ISO_8859_1.decode(bytes).toString();
    }

    /** What follows its length in one byte. */
    private static ByteBuffer takeShort(ByteBuffer from, String what) throws MalformedHelloException {
        return take(from, Byte.toUnsignedInt(take(from, 1, what).get()), what);
    }

    /** What follows its length in two bytes. */
    private static ByteBuffer takeLong(ByteBuffer from, String what) throws MalformedHelloException {
        return take(from, Short.toUnsignedInt(take(from, 2, what).getShort()), what);
    }

    private static ByteBuffer take(ByteBuffer from, int length, String what) throws MalformedHelloException {
        if (from.remaining() < length) {
            throw new MalformedHelloException("the hello ends within its " + what);
        }
        ByteBuffer taken = from.slice(from.position(), length);
        from.position(from.position() + length);
        return taken;
    }
}
