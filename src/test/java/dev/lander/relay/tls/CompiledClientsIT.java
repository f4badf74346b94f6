package dev.lander.relay.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lander.testing.ChildProcess;
import dev.lander.testing.Programs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What libraries send that clients are compiled with, as far as they are in Debian. */
@Tag("compilers")
class CompiledClientsIT {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Path SOURCES = Path.of("src/test/languages/tls").toAbsolutePath();
    private static final Path TARGET = Path.of("target/languages/tls").toAbsolutePath();
    private static final ClientHello EXPECTED = ClientHello.of(RealClientHellosTest.NAME, List.of("h2", "http/1.1"));

    @Test
    void go() throws Exception {
        Programs.need("Go (Debian: golang-go)", "go", "version");
        build("go build -o go/client $SOURCES/client.go", Map.of("GO111MODULE", "off", "HOME", TARGET.toString()));
        assertAsksFor("go/client");
    }

    @Test
    void rustls() throws Exception {
        Programs.need(
                "Cargo and rustls (Debian: cargo, librust-rustls-dev)",
                "sh",
                "-c",
                "cargo --version && ls -d /usr/share/cargo/registry/rustls-0*");
        build(
                "mkdir -p rust && cp -r $SOURCES/rust/. $SOURCES/../rust/debian.toml rust && cd rust"
                        + " && cargo --config debian.toml build -q --offline --target-dir .",
                Map.of("CARGO_HOME", TARGET.resolve("cargo").toString()));
        assertAsksFor("rust/debug/client");
    }

    private static void build(String command, Map<String, String> environment) throws Exception {
        Files.createDirectories(TARGET);
        String there = "cd " + TARGET + " && " + command.replace("$SOURCES", SOURCES.toString());
        try (ChildProcess build = ChildProcess.start(List.of("sh", "-c", there), environment)) {
            assertEquals(0, build.exitStatus(LIMIT), build::toString);
        }
    }

    private static void assertAsksFor(String program) throws Exception {
        try (HelloReceiver server = new HelloReceiver()) {
            String client = TARGET.resolve(program).toString();
            assertEquals(
                    EXPECTED,
                    server.helloOf(client, server.address(), RealClientHellosTest.NAME)
                            .hello());
        }
    }
}
