package dev.lander.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressTextTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1",
        "::, ::",
        "::1, ::1",
        "1::, 1::",
        "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:DB8:00AA::000B, 2001:db8:aa::b",
        "0:1:2:3:4:5:6:0, 0:1:2:3:4:5:6:0",
        "1:2:3:4:5:6:0:0, 1:2:3:4:5:6::",
    })
    void addressesAreShownAsRfc5952Recommends(String written, String shown) throws UnknownHostException {
        assertEquals(shown, AddressText.host(InetAddress.getByName(written)));
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.7, 10.0.0.7:9", "::1, [::1]:9", "2001:db8::7, [2001:db8::7]:9"})
    void aPortFollowsBrackets(String written, String shown) throws UnknownHostException {
        assertEquals(shown, AddressText.of(new InetSocketAddress(InetAddress.getByName(written), 9)));
    }

    @ParameterizedTest
    @CsvSource({"3, [fe80::1%3]:9"})
    void theZoneIsKept(int scope, String shown) throws UnknownHostException {
        byte[] bytes = InetAddress.getByName("fe80::1").getAddress();
        assertEquals(shown, AddressText.of(new InetSocketAddress(Inet6Address.getByAddress(null, bytes, scope), 9)));
    }

    @Property
    void whatIsShownIsTheAddress(@ForAll @Size(16) byte[] bytes) throws UnknownHostException {
        InetAddress address = InetAddress.getByAddress(bytes);
        assertEquals(address, InetAddress.getByName(AddressText.host(address)));
    }
}
