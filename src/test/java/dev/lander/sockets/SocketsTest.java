package dev.lander.sockets;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lander.testing.ChildProcess;
import dev.lander.testing.JavaProgram;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SocketsTest {
    @Test
    void channelsAreClosedThoughNoDescriptorWasLeftBeforeTheFirst() throws IOException, InterruptedException {
        try (ChildProcess program =
                ChildProcess.startLimited(200, JavaProgram.command(ClosesWithoutDescriptors.class))) {
            assertEquals(0, program.exitStatus(), program::toString);
            assertEquals(List.of("closed", "closed", "closed"), program.output());
        }
    }
}
