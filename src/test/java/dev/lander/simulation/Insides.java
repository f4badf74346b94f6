package dev.lander.simulation;

import dev.lander.relay.OpenList;
import dev.lander.relay.PortOpener;
import dev.lander.relay.RelayPorts;
import java.lang.reflect.Field;

/** What nobody but a test has to know of Lander, by the names of its fields. */
final class Insides {
    private Insides() {}

    /** Descriptors that the budget counts as held. */
    static int heldDescriptors(RelayPorts ports) {
        return (Integer) look(ports, "fds", "held");
    }

    /** Bytes of the spill buffers in use. */
    static long spilledBytes(RelayPorts ports) {
        return (Long) look(ports, "tcp", "upstreams", "context", "buffer", "spills", "used");
    }

    /** TCP clients' connections that are open. */
    static OpenList openClients(RelayPorts ports) {
        return ((PortOpener) look(ports, "tcp")).list();
    }

    /** UDP flows that are open. */
    static OpenList openFlows(RelayPorts ports) {
        return ((PortOpener) look(ports, "udp")).list();
    }

    private static Object look(Object from, String... names) {
        Object found = from;
        for (String name : names) {
            try {
                Field field = found.getClass().getDeclaredField(name);
                field.setAccessible(true);
                found = field.get(found);
            } catch (ReflectiveOperationException changed) {
                throw new IllegalStateException("Lander has another inside than the simulation knows", changed);
            }
        }
        return found;
    }
}
