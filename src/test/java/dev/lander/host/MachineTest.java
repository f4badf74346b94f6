package dev.lander.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MachineTest {
    @Test
    void theDescriptorLimitIsTheProcesss() {
        UnixOperatingSystemMXBean system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        assertTrue(Machine.descriptorLimit() > 0);
        assertEquals(system.getMaxFileDescriptorCount(), Machine.descriptorLimit());
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.45.6.7", "::1"})
    void loopbackIsLocal(String address) throws UnknownHostException {
        assertTrue(Machine.isLocal(InetAddress.getByName(address)));
    }

    @Test
    void everyInterfacesAddressesAreLocal() throws SocketException {
        List<InetAddress> addresses = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .toList();
        assertFalse(addresses.isEmpty());
        for (InetAddress address : addresses) {
            assertTrue(Machine.isLocal(address), address::toString);
        }
    }

    /** Addresses that are set aside for documentation, so no machine has them. */
    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.1", "203.0.113.7", "2001:db8::1"})
    void othersAddressesAreNotLocal(String address) throws UnknownHostException {
        assertFalse(Machine.isLocal(InetAddress.getByName(address)));
    }
}
