package dev.lander.registry.balance;

import java.net.Inet4Address;
import java.net.InetAddress;

/** Well-mixed 64 bits, the same in every process. */
final class Hash {
    private static final int MAPPED_PREFIX = 0xffff;

    private Hash() {}

    /** FNV-1a (Fowler, Noll, Vo) over the characters, mixed. */
    static long of(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return mix(hash);
    }

    /** The address's bits, mixed; an IPv4-mapped address is its IPv4 address, and an IPv6 scope doesn't count. */
    static long of(InetAddress address) {
        if (address instanceof Inet4Address) {
            return mix(
                    Integer.toUnsignedLong(address.hashCode())); // the address itself, and unlike getAddress() no copy
        }
        byte[] bytes = address.getAddress();
        long high = bits(bytes, 0);
        long low = bits(bytes, Long.BYTES);
        boolean mapped = high == 0 && low >>> 32 == MAPPED_PREFIX;
        return mapped ? mix(low & 0xffff_ffffL) : mix(mix(high) + low);
    }

    private static long bits(byte[] bytes, int start) {
        long bits = 0;
        for (int i = start; i < start + Long.BYTES; i++) {
            bits = bits << Byte.SIZE | (bytes[i] & 0xff);
        }
        return bits;
    }

    /**
     * The finalizer of SplitMix64 (Steele, Lea, Flood, 2014): every bit of the argument changes half of the result's.
     */
    static long mix(long bits) {
        long mixed = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
