package dev.lander.text;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * The addresses that share a prefix, in CIDR notation.
 *
 * @param prefix an address with the prefix; its other bits don't matter
 * @param length how many bits the prefix has
 */
public record AddressRange(InetAddress prefix, int length) {
    private static final int BITS_PER_BYTE = 8;

    /** What the JDK can read, or refuses; anything else it takes for a name. */
    private static final Pattern LITERAL =
            Pattern.compile("((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])([.](?!$)|$)){4}|(?=.*:)[0-9a-fA-F:][0-9a-fA-F:.]*");

    /**
     * Parses {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or an address by itself.
     *
     * @throws IllegalArgumentException when it is none of these; the message quotes it
     */
    public static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        InetAddress prefix = parseAddress(address);
        int bits = prefix.getAddress().length * BITS_PER_BYTE;
        int length = slash < 0 ? bits : parseLength(text, slash + 1);
        if (length > bits) {
            throw notARange(text);
        }
        return new AddressRange(prefix, length);
    }

    /** Whether the address has this prefix; one of another family has not. */
    public boolean contains(InetAddress address) {
        byte[] wanted = prefix.getAddress();
        byte[] given = address.getAddress();
        int whole = length / BITS_PER_BYTE;
        if (given.length != wanted.length || !Arrays.equals(given, 0, whole, wanted, 0, whole)) {
            return false;
        }
        int rest = length % BITS_PER_BYTE;
        return rest == 0
                || (given[whole] & 0xff) >> (BITS_PER_BYTE - rest) == (wanted[whole] & 0xff) >> (BITS_PER_BYTE - rest);
    }

    /**
     * Parses a literal address; never asks a name server.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static InetAddress parseAddress(String text) {
        if (!LITERAL.matcher(text).matches()) {
            throw notARange(text);
        }
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException notAnAddress) {
            throw notARange(text);
        }
    }

    private static int parseLength(String text, int start) {
        String digits = text.substring(start);
        if (!digits.matches("[0-9]{1,3}")) {
            throw notARange(text);
        }
        return Integer.parseInt(digits);
    }

    private static IllegalArgumentException notARange(String text) {
        return new IllegalArgumentException("'" + text + "' is no address range like 10.0.0.0/8 or 2001:db8::/32");
    }
}
