package dev.lander.fuzz;

import static dev.lander.fuzz.Bytes.prefixed;

import dev.lander.testing.ControlPeer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What mutation begins with: every command, every kind of nonsense, and the inputs that once were too much. */
final class Seeds {
    /** One input with what it is. */
    static final class Seed {
        final String name;
        final byte[] bytes;

        Seed(String name, byte[] bytes) {
            this.name = name;
            this.bytes = bytes;
        }
    }

    private Seeds() {}

    /** Every seed but {@link Nonsense#firstBytes}. */
    static List<Seed> all() {
        List<Seed> seeds = new ArrayList<>(commands(30_000, 50_000));
        seeds.addAll(Nonsense.bombs());
        seeds.addAll(Nonsense.oddities());
        seeds.addAll(kept());
        return seeds;
    }

    /** Every command, alone and all in a row, in both framings. */
    static List<Seed> commands(int port, int relayPort) {
        List<Seed> seeds = new ArrayList<>();
        ByteArrayOutputStream bare = new ByteArrayOutputStream();
        ByteArrayOutputStream prefixed = new ByteArrayOutputStream();
        for (byte[] message : messages(port, relayPort)) {
            seeds.add(new Seed("command", message));
            seeds.add(new Seed("prefixed command", prefixed(message)));
            bare.writeBytes(message);
            prefixed.writeBytes(prefixed(message));
        }
        seeds.add(new Seed("all commands", bare.toByteArray()));
        seeds.add(new Seed("all prefixed commands", prefixed.toByteArray()));
        return seeds;
    }

    private static List<byte[]> messages(int port, int relayPort) {
        List<byte[]> messages = new ArrayList<>();
        for (String protocol : List.of("tcp", "udp", "sctp")) {
            for (String cmd : List.of("register", "unregister", "drain")) {
                messages.add(registration(cmd, protocol, port, relayPort));
            }
            for (String state : List.of("good", "bad")) {
                messages.add(message("cmd", "healthcheck", "protocol", protocol, "port", relayPort, "state", state));
            }
            messages.add(registration("register", protocol, port, relayPort, "proxy_protocol", "v1"));
            messages.add(registration(
                    "register", protocol, port, relayPort, "backup", true, "clients", List.of("!10.9.0.0/16", "::/0")));
            messages.add(registration(
                    "register", protocol, port, relayPort, "name", "a component", "weight", 256, "token", "secret"));
            messages.add(registration(
                    "register", protocol, port, relayPort, "balance", "leastconn", "max_connections", 1_000_000));
            messages.add(registration(
                    "register",
                    protocol,
                    port,
                    relayPort,
                    "proxy_protocol",
                    "v2",
                    "affinity",
                    "client",
                    "responses",
                    1));
            messages.add(registration("undrain", protocol, port, relayPort, "host", "127.0.0.1", "token", "secret"));
            messages.add(registration("drain", protocol, port, relayPort, "host", "127.0.0.1", "token", "secret"));
        }
        messages.add(message("cmd", "status"));
        messages.add(message("cmd", "status", "relay_port", relayPort));
        messages.add(message("cmd", "relays", "token", "secret"));
        messages.add(message(
                "cmd", "relays", "protocol", "tcp", "relay_port", relayPort, "component", "a component", "after", 1));
        messages.add(message("cmd", "nonsense", "port", -1));
        messages.add(message("error", 0));
        return messages;
    }

    /** The files that were kept, mostly since they once broke something. */
    private static List<Seed> kept() {
        URL folder = Seeds.class.getResource("/fuzz");
        if (folder == null) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(Path.of(folder.toURI()))) {
            List<Seed> seeds = new ArrayList<>();
            for (Path file : files.sorted().toList()) {
                seeds.add(new Seed(file.getFileName().toString(), Files.readAllBytes(file)));
            }
            return seeds;
        } catch (IOException | URISyntaxException e) {
            throw new AssertionError(folder.toString(), e);
        }
    }

    private static byte[] registration(String cmd, String protocol, int port, int relayPort, Object... more) {
        Map<String, Object> fields =
                ControlPeer.message("cmd", cmd, "protocol", protocol, "port", port, "relay_port", relayPort);
        fields.putAll(ControlPeer.message(more));
        return packed(fields);
    }

    private static byte[] message(Object... namesAndValues) {
        return packed(ControlPeer.message(namesAndValues));
    }

    private static byte[] packed(Map<String, Object> fields) {
        try {
            return ControlPeer.pack(fields);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
