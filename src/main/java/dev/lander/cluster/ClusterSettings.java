package dev.lander.cluster;

import dev.lander.text.HostPort;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What users can set about the cluster.
 *
 * @param members where the others listen, this one among them or not; names stand for all their addresses
 * @param bind where this one listens for them; null = at every address
 * @param port the same
 * @param keyFile its first line is the cluster's key
 * @param plain its connections are not encrypted
 * @param address what the others are to call a component that is registered with a loopback address; null = it is not
 *     told to them
 * @param grace for so long components are served as they were when the only Lander that they are registered with is
 *     lost
 */
public record ClusterSettings(
        List<HostPort> members,
        @Nullable InetAddress bind,
        int port,
        Path keyFile,
        boolean plain,
        @Nullable InetAddress address,
        Duration grace) {
    /** Where members listen for each other unless a user says otherwise. */
    public static final int DEFAULT_PORT = 7988;

    /** The grace in seconds unless a user says otherwise: a constant, so that who reads it does not load this class. */
    public static final int DEFAULT_GRACE_S = 30;
}
