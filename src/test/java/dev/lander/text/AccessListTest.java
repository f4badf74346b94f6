package dev.lander.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessListTest {
    @Test
    void theFirstEntryThatContainsTheAddressDecides() {
        AccessList list = AccessList.parse(List.of("!10.9.0.0/16", "10.0.0.0/8", "2001:db8::/32", "!::/0"));
        assertTrue(admits(list, "10.8.0.1"));
        assertFalse(admits(list, "10.9.0.1"));
        assertTrue(admits(list, "2001:db8::1"));
        assertFalse(admits(list, "2001:db9::1"));
    }

    @Test
    void whoIsInNoneIsRefused() {
        assertFalse(admits(AccessList.parse(List.of("10.0.0.0/8")), "192.0.2.1"));
        assertFalse(admits(AccessList.parse(List.of("!10.0.0.0/8")), "192.0.2.1"));
        assertFalse(admits(AccessList.parse(List.of("0.0.0.0/0")), "::1"));
    }

    @Test
    void aMappedAddressIsItsIpv4Address() {
        assertTrue(admits(AccessList.parse(List.of("192.0.2.1")), "::ffff:192.0.2.1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "!", "!!10.0.0.0/8", "10.0.0.0/33", "localhost", "10.0.0.0/8 "})
    void whatIsNoEntryIsQuoted(String wrong) {
        String message = assertThrows(IllegalArgumentException.class, () -> AccessList.parse(List.of(wrong)))
                .getMessage();
        assertTrue(String.valueOf(message).contains("is no address range"), message);
    }

    @Test
    void itIsShownAsItIsWrittenAndShort() {
        assertEquals(
                "!10.9.0.0/16, 10.0.0.0/8, ::1/128",
                AccessList.parse(List.of("!10.9.0.0/16", "10.0.0.0/8", "::1")).toString());
        assertEquals(
                "127.0.0.1/32, 127.0.0.1/32, 127.0.0.1/32, 127.0.0.1/32, and 96 more",
                AccessList.parse(Collections.nCopies(100, "127.0.0.1")).toString());
    }

    private static boolean admits(AccessList list, String address) {
        return list.admits(AddressRange.parseAddress(address));
    }
}
