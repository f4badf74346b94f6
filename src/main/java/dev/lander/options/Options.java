package dev.lander.options;

import dev.lander.admin.AdminSettings;
import dev.lander.cluster.ClusterSettings;
import dev.lander.control.ControlSettings;
import dev.lander.log.LogSettings;
import dev.lander.relay.RelaySettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What users can set, by rooms.
 *
 * @param admin null = there is no admin page
 * @param cluster null = it is alone
 */
public record Options(
        ControlSettings control,
        RelaySettings relay,
        @Nullable AdminSettings admin,
        LogSettings log,
        Running running,
        @Nullable ClusterSettings cluster) {
    /**
     * What users can set about the process.
     *
     * @param drainTimeout how long open relays may take to finish at the end
     * @param busyPoll how long the loop polls before each wait; zero = not at all
     */
    public record Running(Duration drainTimeout, Duration busyPoll) {
        /** What holds unless a user says otherwise. */
        public static final Running DEFAULT = new Running(Duration.ofSeconds(30), Duration.ZERO);
    }
}
