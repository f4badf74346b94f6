package dev.lander.cluster.members;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lander.text.HostPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Names whose addresses change, and a resolver that fails. */
@Timeout(30)
class ListedTest {
    private static final int PORT = 7_988;

    private final Map<String, InetAddress[]> names = new HashMap<>();
    private final Listed listed = new Listed(
            List.of(new HostPort("one", PORT), new HostPort("other", PORT), new HostPort("other", PORT)), name -> {
                if (!names.containsKey(name)) {
                    throw new UnknownHostException(name);
                }
                return names.get(name);
            });

    @Test
    void addressesOfAllNamesAreListedOnce() throws IOException {
        names.put("one", addresses(1, 2));
        names.put("other", addresses(2, 3));
        assertEquals(at(1, 2, 3), listed.resolve());
    }

    @Test
    void anUnknownNameStandsForNobodyUntilItIsKnown() throws IOException {
        assertEquals(List.of(), listed.resolve());
        names.put("other", addresses(3));
        assertEquals(at(3), listed.resolve());
        names.put("other", addresses(4));
        assertEquals(at(4), listed.resolve());
    }

    @Test
    void aResolverThatFailsTakesNobodyAway() throws IOException {
        names.put("one", addresses(1));
        names.put("other", addresses(3));
        listed.resolve();
        names.clear();
        assertEquals(at(1, 3), listed.resolve());
    }

    private static InetAddress[] addresses(int... lastBytes) throws IOException {
        InetAddress[] all = new InetAddress[lastBytes.length];
        for (int i = 0; i < lastBytes.length; i++) {
            all[i] = InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) lastBytes[i]});
        }
        return all;
    }

    private static List<InetSocketAddress> at(int... lastBytes) throws IOException {
        return List.of(addresses(lastBytes)).stream()
                .map(address -> new InetSocketAddress(address, PORT))
                .toList();
    }
}
