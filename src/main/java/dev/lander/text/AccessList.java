package dev.lander.text;

import java.net.InetAddress;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Which addresses may do something: the first entry that contains an address decides, and where none does it may not.
 *
 * @param entries in the order in which they are asked
 */
public record AccessList(List<Entry> entries) {
    private static final String NOT = "!";
    private static final int SHOWN = 4;

    /** Some addresses that may, or, with a {@code !} in front, may not. */
    public record Entry(AddressRange range, boolean admits) {
        /**
         * Parses one entry.
         *
         * @throws IllegalArgumentException when it is none; the message quotes it
         */
        public static Entry parse(String text) {
            boolean admits = !text.startsWith(NOT);
            return new Entry(AddressRange.parse(admits ? text : text.substring(NOT.length())), admits);
        }

        /** As it is written. */
        @Override
        public String toString() {
            return (admits ? "" : NOT) + AddressText.host(range.prefix()) + "/" + range.length();
        }
    }

    /**
     * Parses entries such as {@code 10.0.0.0/8}, {@code !10.9.0.0/16} and {@code ::1}.
     *
     * @throws IllegalArgumentException when one is none; the message quotes it
     */
    public static AccessList parse(List<String> entries) {
        return new AccessList(entries.stream().map(Entry::parse).toList());
    }

    /** Whether this address may. */
    public boolean admits(InetAddress address) {
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            if (entry.range.contains(address)) {
                return entry.admits;
            }
        }
        return false;
    }

    /** The first entries, for people. */
    @Override
    public String toString() {
        String first = entries.stream().limit(SHOWN).map(Entry::toString).collect(Collectors.joining(", "));
        return first + (entries.size() > SHOWN ? ", and " + (entries.size() - SHOWN) + " more" : "");
    }
}
