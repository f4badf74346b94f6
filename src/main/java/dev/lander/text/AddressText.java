package dev.lander.text;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** How addresses are shown: those of IPv6 as RFC 5952 recommends, {@code [::1]:9} with a port. */
public final class AddressText {
    private static final int GROUPS = 8;

    /** A single group of zeros is not shortened (RFC 5952, section 4.2.2). */
    private static final int SHORTEST_RUN = 2;

    private AddressText() {}

    /** The address and port. */
    public static String of(InetSocketAddress address) {
        InetAddress host = address.getAddress();
        String text = host(host);
        return (host instanceof Inet6Address ? "[" + text + "]" : text) + ":" + address.getPort();
    }

    /** The address by itself, with its zone where it has one. */
    public static String host(InetAddress host) {
        if (!(host instanceof Inet6Address)) {
            return host.getHostAddress();
        }
        int[] groups = groups(host.getAddress());
        int start = 0;
        int length = 0;
        for (int i = 0; i < GROUPS; i++) {
            int run = zerosFrom(groups, i);
            if (run > length) { // of equal runs the first is shortened
                start = i;
                length = run;
            }
        }
        StringBuilder text = new StringBuilder();
        if (length < SHORTEST_RUN) {
            append(text, groups, 0, GROUPS);
        } else {
            append(text, groups, 0, start);
            append(text.append("::"), groups, start + length, GROUPS);
        }
        return text + zone(host);
    }

    private static int[] groups(byte[] bytes) {
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = (bytes[2 * i] & 0xff) << Byte.SIZE | (bytes[2 * i + 1] & 0xff);
        }
        return groups;
    }

    private static int zerosFrom(int[] groups, int start) {
        int end = start;
        while (end < GROUPS && groups[end] == 0) {
            end++;
        }
        return end - start;
    }

    private static void append(StringBuilder text, int[] groups, int start, int end) {
        for (int i = start; i < end; i++) {
            text.append(i == start ? "" : ":").append(Integer.toHexString(groups[i]));
        }
    }

    private static String zone(InetAddress host) {
        String text = host.getHostAddress();
        int zone = text.indexOf('%');
        return zone < 0 ? "" : text.substring(zone);
    }
}
