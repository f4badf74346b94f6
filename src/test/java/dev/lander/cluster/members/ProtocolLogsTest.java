package dev.lander.cluster.members;

import static org.junit.jupiter.api.Assertions.assertFalse;

import org.jgroups.protocols.TCP;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** JGroups logs by the name of the class that an object has; its words are for who develops it. */
final class ProtocolLogsTest {
    @ParameterizedTest
    @ValueSource(classes = {Transport.class, Heartbeats.class, TCP.class})
    void areOffUntilSomebodyDebugs(Class<?> protocol) {
        assertFalse(LoggerFactory.getLogger(protocol).isErrorEnabled());
    }
}
