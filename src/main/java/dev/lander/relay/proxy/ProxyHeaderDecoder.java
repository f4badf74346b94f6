package dev.lander.relay.proxy;

import dev.lander.relay.tls.ClientHello;
import dev.lander.text.AddressRange;
import dev.lander.text.PortRanges;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Understands a PROXY header of version 1 or 2 that may come in any pieces, with what follows it. What is odd but
 * unambiguous is understood as well. Source: "The PROXY protocol, versions 1 and 2", Willy Tarreau, haproxy.org.
 */
public final class ProxyHeaderDecoder {
    /** The longest header, which version 2 may fill up with extensions (TLVs): as long as nginx takes. */
    static final int LONGEST = 4_096;

    private static final byte[] V1_BEGINNING = "PROXY ".getBytes(StandardCharsets.US_ASCII);

    /** With its line end. */
    private static final int V1_LONGEST = 107;

    private static final int V1_PARTS = 6;
    private static final Pattern V1_PORT = Pattern.compile("0*[0-9]{1,5}");
    private static final Pattern SPACES = Pattern.compile(" +");

    /** Room for any version 1 header, and for a version 2 header with the usual extensions. */
    private static final int FIRST_ROOM = 256;

    private static final int LONGEST_NAME = 255;
    private static final int VERSION = 0x20;
    private static final int LOCAL = 0;
    private static final int PROXY = 1;
    private static final int LAST_FAMILY = 3;
    private static final int LAST_TRANSPORT = 2;

    /** What has come so far. */
    private ByteBuffer bytes = ByteBuffer.allocate(FIRST_ROOM);

    /** Bytes of the header; meaningful once it is whole. */
    private int length;

    /** What the header says; null = nothing, so the connection's own addresses hold. */
    private @Nullable Addresses told;

    /** What its extensions say; null = nothing of what is known here. */
    private @Nullable ClientHello hello;

    private record Addresses(InetSocketAddress client, InetSocketAddress asked) {}

    /** To be read into; what was put there is looked at by {@link #isWhole}. */
    public ByteBuffer room() {
        return bytes;
    }

    /**
     * Whether the whole header has come.
     *
     * @throws MalformedHeaderException when it can't become one, with the reason
     */
    public boolean isWhole() throws MalformedHeaderException {
        if (begins(ProxyHeader.V2_SIGNATURE)) {
            return bytes.position() >= ProxyHeader.FIXED_LENGTH && isWholeV2();
        } else if (begins(V1_BEGINNING)) {
            return isWholeV1();
        }
        throw new MalformedHeaderException("no PROXY header");
    }

    /**
     * Who the client is, once the header is whole.
     *
     * @param peer the balancer's address, for a header that names nobody
     * @param own where the balancer has connected to
     */
    public ProxiedClient client(InetSocketAddress peer, InetSocketAddress own) {
        ByteBuffer early = bytes.duplicate().flip().position(length); // will be relayed
        return told == null
                ? new ProxiedClient(peer, own, null, early)
                : new ProxiedClient(told.client, told.asked, hello, early);
    }

    /** Whether what has come begins so, as far as it goes. */
    private boolean begins(byte[] beginning) {
        int count = Math.min(bytes.position(), beginning.length);
        for (int i = 0; i < count; i++) {
            if (bytes.get(i) != beginning[i]) {
                return false;
            }
        }
        return true;
    }

    private boolean isWholeV1() throws MalformedHeaderException {
        int count = Math.min(bytes.position(), V1_LONGEST);
        for (int i = 0; i < count; i++) {
            if (bytes.get(i) == '\n') {
                boolean afterReturn = bytes.get(i - 1) == '\r';
                length = i + 1;
                readLine(new String(bytes.array(), 0, afterReturn ? i - 1 : i, StandardCharsets.ISO_8859_1));
                return true;
            } else if (bytes.get(i) == '\r' && i + 1 < count && bytes.get(i + 1) != '\n') {
                throw new MalformedHeaderException("version 1 with half a line end");
            }
        }
        if (count == V1_LONGEST) {
            throw new MalformedHeaderException("version 1 without an end within " + V1_LONGEST + " bytes");
        }
        return false;
    }

    private void readLine(String line) throws MalformedHeaderException {
        String[] parts = SPACES.split(line.stripTrailing(), -1);
        String family = parts.length > 1 ? parts[1] : "";
        if (family.equals("UNKNOWN")) {
            return; // whatever follows
        }
        if (parts.length != V1_PARTS || !(family.equals("TCP4") || family.equals("TCP6"))) {
            throw new MalformedHeaderException("version 1 with something else than two addresses and ports");
        }
        told = new Addresses(
                new InetSocketAddress(host(parts[2]), port(parts[4])),
                new InetSocketAddress(host(parts[3]), port(parts[5])));
    }

    /** Of either family, whatever the line says: nginx sends TCP6 with IPv4 addresses where only one of two is IPv6. */
    private static InetAddress host(String text) throws MalformedHeaderException {
        int zone = text.indexOf('%'); // of another machine
        try {
            return AddressRange.parseAddress(zone < 0 ? text : text.substring(0, zone));
        } catch (IllegalArgumentException notAnAddress) {
            throw new MalformedHeaderException("version 1 with an address that is none");
        }
    }

    private static int port(String text) throws MalformedHeaderException {
        int port = V1_PORT.matcher(text).matches() ? Integer.parseInt(text) : PortRanges.MAX_PORT + 1;
        if (port > PortRanges.MAX_PORT) {
            throw new MalformedHeaderException("version 1 with a port that is none");
        }
        return port;
    }

    private boolean isWholeV2() throws MalformedHeaderException {
        int command = bytes.get(12) - VERSION;
        int family = (bytes.get(13) & 0xf0) >> 4;
        int transport = bytes.get(13) & 0x0f;
        if (command != LOCAL && command != PROXY) {
            throw new MalformedHeaderException("version 2 with an unknown version or command");
        } else if (family > LAST_FAMILY || transport > LAST_TRANSPORT) {
            throw new MalformedHeaderException("version 2 with an unknown family or transport");
        }
        length = ProxyHeader.FIXED_LENGTH + (bytes.getShort(14) & 0xffff);
        if (length > LONGEST) {
            throw new MalformedHeaderException("version 2 of " + length + " bytes, more than " + LONGEST);
        }
        int addressLength = addressLength(bytes.get(13) & 0xf0);
        boolean hasAddresses = command == PROXY && transport == ProxyHeader.TRANSPORT_STREAM && addressLength > 0;
        if (hasAddresses && length < ProxyHeader.FIXED_LENGTH + 2 * (addressLength + Short.BYTES)) {
            throw new MalformedHeaderException("version 2 that is too short for its addresses");
        }
        if (bytes.capacity() < length) {
            bytes = ByteBuffer.allocate(length).put(bytes.flip()); // more will be put
        }
        if (bytes.position() < length) {
            return false;
        }
        if (hasAddresses) {
            readAddresses(addressLength);
            readExtensions(ProxyHeader.FIXED_LENGTH + 2 * (addressLength + Short.BYTES));
        }
        return true;
    }

    /** Of the families that are known here; others say nothing to a TCP relay. */
    private static int addressLength(int family) {
        return switch (family) {
            case ProxyHeader.FAMILY_IPV4 -> 4;
            case ProxyHeader.FAMILY_IPV6 -> 16;
            default -> 0;
        };
    }

    private void readAddresses(int addressLength) {
        int ports = ProxyHeader.FIXED_LENGTH + 2 * addressLength;
        told = new Addresses(
                new InetSocketAddress(hostAt(ProxyHeader.FIXED_LENGTH, addressLength), bytes.getShort(ports) & 0xffff),
                new InetSocketAddress(
                        hostAt(ProxyHeader.FIXED_LENGTH + addressLength, addressLength),
                        bytes.getShort(ports + Short.BYTES) & 0xffff));
    }

    /** Of each type that is known here; what claims to be longer than the header ends them. */
    private void readExtensions(int start) {
        String authority = null;
        List<String> protocols = new ArrayList<>();
        int next = start;
        while (next + ProxyHeader.EXTENSION_HEAD <= length) {
            int type = bytes.get(next);
            int begin = next + ProxyHeader.EXTENSION_HEAD;
            next = begin + (bytes.getShort(begin - Short.BYTES) & 0xffff);
            boolean isWhole = next > begin && next <= length;
            if (isWhole && type == ProxyHeader.AUTHORITY && next - begin <= LONGEST_NAME) {
                authority = textAt(begin, next);
            } else if (isWhole && type == ProxyHeader.ALPN) {
                protocols.add(textAt(begin, next));
            }
        }
        hello = authority == null && protocols.isEmpty() ? null : ClientHello.of(authority, protocols);
    }

    private String textAt(int begin, int end) {
        return new String(bytes.array(), begin, end - begin, StandardCharsets.ISO_8859_1);
    }

    private InetAddress hostAt(int start, int addressLength) {
        byte[] address = new byte[addressLength];
        bytes.get(start, address);
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible); // 4 and 16 bytes always are one
        }
    }
}
