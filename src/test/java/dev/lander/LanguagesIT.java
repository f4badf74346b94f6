package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lander.testing.Await;
import dev.lander.testing.ChildProcess;
import dev.lander.testing.FreePorts;
import dev.lander.testing.LanderProcess;
import dev.lander.testing.Programs;
import dev.lander.testing.RecordedBytes;
import dev.lander.testing.TcpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgpack.core.MessagePack;

/**
 * Components written with real msgpack libraries, one small program each in src/test/languages: they are refused for a
 * relay port of 70,000 and read the message, which has more than 31 bytes; then they register and answer health checks.
 * What went over the wire is in target/languages, a file for each. Those tagged {@code compilers} are for {@code make
 * test-languages}: what they need takes long to install.
 */
@Timeout(360)
class LanguagesIT {
    private static final Path TARGET = Path.of("target/languages").toAbsolutePath();
    private static final Duration BUILD_LIMIT = Duration.ofMinutes(5);

    /** What a program prints when all goes well; more of the last follows. */
    private static final List<String> LINES = List.of(
            "refused: relay_port must be an integer from 1 to 65535, not 70000",
            "registered: 0",
            "asked: good",
            "asked: good");

    @Test
    void python() throws Exception {
        need("Python's msgpack", "${PYTHON:-python3} -c 'import msgpack'");
        isServed("python", "${PYTHON:-python3} component.py");
    }

    @Test
    void perl() throws Exception {
        need("Perl's Data::MessagePack", "perl -MData::MessagePack -e 1");
        isServed("perl", "perl component.pl");
    }

    @Test
    void ruby() throws Exception {
        need("Ruby's msgpack", "ruby -rmsgpack -e 1");
        isServed("ruby", "ruby component.rb");
    }

    @Test
    void php() throws Exception {
        need("PHP's msgpack", "php --re msgpack");
        isServed("php", "php component.php");
    }

    @Test
    void lua() throws Exception {
        need("lua-messagepack and lua-socket", "lua5.3 -lMessagePack -lsocket -e ''");
        isServed("lua", "lua5.3 component.lua");
    }

    @Test
    void neovim() throws Exception {
        need("Neovim", "nvim --version");
        isServed("neovim", "nvim --headless -u NONE -i NONE -S component.vim");
    }

    @Test
    void c() throws Exception {
        need("gcc and msgpack-c", "echo '#include <msgpack.h>' | gcc -E -x c -");
        build("gcc -o $TARGET/c component.c -lmsgpackc");
        isServed("c", "$TARGET/c");
    }

    @Test
    void java() throws Exception {
        build("$JAVA/javac -cp $MSGPACK_CORE -d $TARGET Component.java");
        isServed("java", "$JAVA/java -cp $MSGPACK_CORE:$TARGET Component");
    }

    @Test
    @Tag("compilers")
    void cpp() throws Exception {
        need("g++ and msgpack-cxx", "echo '#include <msgpack/version.hpp>' | g++ -E -x c++ -");
        build("g++ -std=c++20 -DMSGPACK_NO_BOOST -o $TARGET/cpp component.cpp");
        isServed("cpp", "$TARGET/cpp");
    }

    @Test
    @Tag("compilers")
    void go() throws Exception {
        need("Go and its msgpack", "go version && test -e /usr/share/gocode/src/github.com/vmihailenco/msgpack/v5");
        build("GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE=$TARGET/go-cache go build -o $TARGET/go component.go");
        isServed("go", "$TARGET/go");
    }

    @Test
    @Tag("compilers")
    void rust() throws Exception {
        need("Cargo and rmp-serde", "cargo --version && ls /usr/share/cargo/registry/rmp-serde-1*");
        build(
                "mkdir -p $TARGET/rust && cp -r rust/. $TARGET/rust && cd $TARGET/rust"
                        + " && CARGO_HOME=$TARGET/rust/home cargo --config debian.toml build -q --offline --target-dir $TARGET/rust");
        isServed("rust", "$TARGET/rust/debug/component");
    }

    @Test
    @Tag("compilers")
    void kotlin() throws Exception {
        need("Maven", "mvn --version");
        build("JAVA_HOME=$JAVA/.. mvn -q -B -ntp -f kotlin compile -Dcomponent.target=$TARGET/kotlin");
        isServed("kotlin", "$JAVA/java -cp \"$TARGET/kotlin/classes:$TARGET/kotlin/dependency/*\" ComponentKt");
    }

    @ParameterizedTest
    @Tag("compilers")
    @ValueSource(strings = {"@msgpack/msgpack", "msgpack-lite", "msgpackr", "notepack.io"})
    void node(String library) throws Exception {
        need("npm", "npm --version && node --version");
        build("mkdir -p $TARGET/node && cp package.json $TARGET/node && npm install --silent --prefix $TARGET/node");
        isServed(
                "node-" + library.replace('/', '-'),
                "NODE_PATH=$TARGET/node/node_modules node component.mjs " + library);
    }

    private static void need(String name, String trial) {
        Programs.need(name, "sh", "-c", trial);
    }

    private static void build(String command) throws Exception {
        Files.createDirectories(TARGET);
        try (ChildProcess build = ChildProcess.start(shell(command))) {
            assertEquals(0, build.exitStatus(BUILD_LIMIT), build::toString);
        }
    }

    private static void isServed(String name, String command) throws Exception {
        Files.createDirectories(TARGET);
        int relayPort = FreePorts.next();
        try (TcpServer server = TcpServer.tellingItsPort();
                LanderProcess lander = LanderProcess.start("--health-interval", "200ms");
                RecordedBytes recorded =
                        RecordedBytes.between(lander.controlAddress(), TARGET.resolve(name + ".wire"));
                ChildProcess component = ChildProcess.start(
                        shell("exec env " + command + " " + recorded.port() + " " + server.port() + " " + relayPort))) {
            Await.until(
                    "the component has answered health checks: " + component,
                    () -> component.output().size() >= LINES.size() || !component.isAlive());
            assertEquals(LINES, component.output().stream().limit(LINES.size()).toList(), component::toString);
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), relayPort)) {
                byte[] told = client.getInputStream().readAllBytes();
                assertEquals(Integer.toString(server.port()), new String(told, StandardCharsets.US_ASCII));
            }
        }
    }

    /** Runs it where the programs are. */
    private static List<String> shell(String command) throws IOException, URISyntaxException {
        Path msgpack = Path.of(MessagePack.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        String setting = "TARGET=%s JAVA=%s/bin MSGPACK_CORE=%s; cd src/test/languages || exit; "
                .formatted(TARGET, System.getProperty("java.home"), msgpack);
        return List.of("sh", "-c", setting + command);
    }
}
