package dev.lander.simulation;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A PROXY header as it comes in, read by the letter: by another hand than Lander's own. */
final class ProxyText {
    private static final int V2_FIXED = 16;
    private static final int V2_IPV4 = 28;
    private static final int V2_IPV6 = 52;
    private static final int V2_PROXY = 0x21;

    private final String version;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private boolean whole;
    private @Nullable InetSocketAddress client;

    /** Of version {@code v1} or another beginning with {@code v}, which is 2; any other text = none is to come. */
    ProxyText(String version) {
        this.version = version;
        this.whole = !version.startsWith("v");
    }

    boolean isWhole() {
        return whole;
    }

    /** Whom it names; null = nobody. */
    @Nullable
    InetSocketAddress client() {
        return client;
    }

    void take(byte next) {
        bytes.write(next);
        byte[] came = bytes.toByteArray();
        if (version.equals("v1")) {
            whole = next == '\n';
            if (whole) {
                String[] words =
                        new String(came, StandardCharsets.US_ASCII).trim().split(" ", -1);
                client = new InetSocketAddress(words[2], Integer.parseInt(words[4]));
            }
        } else if (came.length >= V2_FIXED) {
            ByteBuffer header = ByteBuffer.wrap(came);
            whole = came.length == V2_FIXED + header.getShort(14);
            int length = came.length == V2_IPV4 ? 4 : came.length == V2_IPV6 ? 16 : 0;
            if (whole && length > 0 && came[12] == V2_PROXY) {
                client = new InetSocketAddress(
                        address(Arrays.copyOfRange(came, V2_FIXED, V2_FIXED + length)),
                        header.getShort(V2_FIXED + 2 * length) & 0xffff);
            }
        }
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
