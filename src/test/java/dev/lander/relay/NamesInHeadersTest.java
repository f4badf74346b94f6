package dev.lander.relay;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lander.relay.tls.Hellos;
import dev.lander.testing.TcpServer;
import dev.lander.testing.TestOptions;
import dev.lander.text.AddressRange;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whom a client asks for, as PROXY headers of version 2 tell it: to components, and from balancers in front. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class NamesInHeadersTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    private static final String ADDRESSES = "c0000207" + "c6336401" + "0005" + "01bb";
    private static final byte[] NAME_AND_PROTOCOLS = extensions("s.example", "h2", "http/1.1");

    @Test
    void componentsAreToldTheNameAndTheProtocols() throws Exception {
        try (RelayRig rig = RelayRig.start();
                TcpServer shop = NamedServer.of("shop")) {
            rig.register("tcp", shop.port(), "server_names", List.of("s.example"), "proxy_protocol", "v2");
            byte[] hello = Hellos.of("s.example", "h2", "http/1.1");
            String told = answer(rig, hello);
            assertEquals("shop:" + hex(SIGNATURE + "2111"), told.substring(0, 5 + 14));
            assertEquals(12 + NAME_AND_PROTOCOLS.length, told.charAt(5 + 15));
            assertEquals(text(NAME_AND_PROTOCOLS) + text(hello), told.substring(5 + 28));
        }
    }

    @Test
    void versionOneHasNoRoomForThem() throws Exception {
        try (RelayRig rig = RelayRig.start();
                TcpServer shop = NamedServer.of("shop")) {
            rig.register("tcp", shop.port(), "server_names", List.of("s.example"), "proxy_protocol", "v1");
            byte[] hello = Hellos.of("s.example", "h2");
            String told = answer(rig, hello);
            assertEquals(text(hello), told.substring(told.indexOf('\n') + 1));
        }
    }

    @Test
    void whatABalancerHasToldIsPassedOn() throws Exception {
        try (RelayRig rig = behindABalancer();
                TcpServer shop = NamedServer.of("shop")) {
            rig.register("tcp", shop.port(), "proxy_protocol", "v2");
            String header = hex(header(NAME_AND_PROTOCOLS));
            assertEquals("shop:" + header + "hi", answer(rig, (header + "hi").getBytes(ISO_8859_1)));
        }
    }

    /** It has ended TLS itself, so no hello comes. */
    @Test
    void aServiceIsFoundByTheNameThatABalancerHasTold() throws Exception {
        try (RelayRig rig = behindABalancer();
                TcpServer shop = NamedServer.of("shop");
                TcpServer rest = NamedServer.of("rest")) {
            rig.register("tcp", shop.port(), "server_names", List.of("s.example"), "proxy_protocol", "v2");
            rig.register("tcp", rest.port());
            byte[] asks = HexFormat.of().parseHex(header(extensions("S.Example.")));
            String passedOn = "shop:" + hex(header(extensions("s.example")));
            assertEquals(passedOn + "GET /", answer(rig, Hellos.join(asks, "GET /".getBytes(US_ASCII))));
            assertEquals(passedOn, answer(rig, asks), "it says nothing");
            byte[] own = Hellos.of("other.example");
            assertEquals("rest:" + text(own), answer(rig, Hellos.join(asks, own)), "the client's own word counts");
        }
    }

    private static RelayRig behindABalancer() throws Exception {
        TestOptions options = new TestOptions();
        options.acceptProxy = List.of(AddressRange.parse("127.0.0.1"));
        return RelayRig.start(options);
    }

    private static String header(byte[] extensions) {
        String length = "%04x".formatted(12 + extensions.length);
        return SIGNATURE + "2111" + length + ADDRESSES + HexFormat.of().formatHex(extensions);
    }

    private static byte[] extensions(String name, String... protocols) {
        byte[] all = extension(2, name);
        for (String protocol : protocols) {
            all = Hellos.join(all, extension(1, protocol));
        }
        return all;
    }

    private static byte[] extension(int type, String text) {
        return ByteBuffer.allocate(3 + text.length())
                .put((byte) type)
                .putShort((short) text.length())
                .put(text.getBytes(US_ASCII))
                .array();
    }

    private static String answer(RelayRig rig, byte[] sent) throws Exception {
        try (Socket client = rig.connect()) {
            client.setSoTimeout(10_000);
            client.getOutputStream().write(sent);
            client.shutdownOutput();
            return text(client.getInputStream().readAllBytes());
        }
    }

    private static String hex(String digits) {
        return text(HexFormat.of().parseHex(digits));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, ISO_8859_1);
    }
}
