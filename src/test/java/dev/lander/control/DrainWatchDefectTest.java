package dev.lander.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lander.registry.Component;
import dev.lander.registry.Protocol;
import dev.lander.registry.RelayPort;
import dev.lander.testing.RegisteredComponents;
import dev.lander.testing.RunningReactor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DrainWatchDefectTest {
    private final List<String> events = new ArrayList<>();

    @Test
    void oneThatCannotBeToldEndsAndTheOthersAreTold() throws IOException {
        Component component = new RegisteredComponents().add(new RelayPort(Protocol.TCP, 50_000), 1);
        try (RunningReactor loop = new RunningReactor().start()) {
            loop.inLoop(() -> {
                component.onRelayOpened();
                DrainWatches watches = new DrainWatches(loop.reactor());
                watches.add(component, new Watcher("failing", 0));
                watches.add(component, new Watcher("sound", Integer.MAX_VALUE));
                component.onRelayClosed();
            });
            loop.advance(Duration.ofSeconds(1));
            assertEquals(1, loop.faults().size());
        }
        assertEquals(List.of("failing 1", "sound 1", "failing ends", "sound 0"), events);
    }

    /** Fails after the first news and this many more. */
    private final class Watcher implements DrainWatch.Watcher {
        private final String name;
        private int left;

        Watcher(String name, int more) {
            this.name = name;
            this.left = more + (more == Integer.MAX_VALUE ? 0 : 1);
        }

        @Override
        public void sendDrainProgress(Component component, int active) {
            if (left == 0) {
                throw new IllegalStateException("injected");
            }
            left--;
            events.add(name + " " + active);
        }

        @Override
        public void onFault(Exception fault) {
            events.add(name + " ends");
        }
    }
}
