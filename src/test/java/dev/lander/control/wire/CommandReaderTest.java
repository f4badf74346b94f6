package dev.lander.control.wire;

import static dev.lander.control.SentMessage.command;
import static dev.lander.control.SentMessage.healthCheck;
import static dev.lander.control.SentMessage.ofRegistration;
import static dev.lander.control.SentMessage.register;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.control.SentMessage;
import dev.lander.control.wire.Msgpack.RawString;
import dev.lander.listing.RelayQuery;
import dev.lander.registry.Affinity;
import dev.lander.registry.Balance;
import dev.lander.registry.ComponentTraits;
import dev.lander.registry.Protocol;
import dev.lander.registry.ProxyProtocol;
import dev.lander.registry.Registration;
import dev.lander.registry.RelayPort;
import dev.lander.registry.ServiceTerms;
import dev.lander.text.AccessList;
import dev.lander.text.AddressRange;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CommandReaderTest {
    private static final RelayPort TCP_50000 = new RelayPort(Protocol.TCP, 50_000);
    private static final Command PLAIN_REGISTER = new Command.Register(
            new Registration(TCP_50000, 30_000, ComponentTraits.DEFAULT, ServiceTerms.UNSAID, null), null);

    @Test
    void aRegisterNeedsThreeFields() {
        assertEquals(PLAIN_REGISTER, register().decoded());
    }

    @Test
    void aRegisterMayHaveAllFields() {
        ComponentTraits traits = new ComponentTraits(
                "büro 1", 256, Integer.MAX_VALUE, ProxyProtocol.V1, 30_000_000_000L, 255, 1, 3_600_000_000_000L, 9_100);
        ServiceTerms terms = new ServiceTerms(
                Balance.LEASTCONN, Affinity.CLIENT, 0, 1_000_000, Integer.MAX_VALUE, null, null, null, null);
        assertEquals(
                new Command.Register(new Registration(TCP_50000, 30_000, traits, terms, null), "secret"),
                register()
                        .with("name", "büro 1")
                        .with("weight", 256)
                        .with("priority", 255)
                        .with("max_bytes_per_second", 1)
                        .with("max_duration", "1h")
                        .with("metrics_port", 9_100)
                        .with("max_connections", Integer.MAX_VALUE)
                        .with("proxy_protocol", "v1")
                        .with("balance", "leastconn")
                        .with("affinity", "client")
                        .with("responses", 0)
                        .with("max_new_per_second", 1_000_000)
                        .with("max_per_client", Integer.MAX_VALUE)
                        .with("slow_start", "30s")
                        .with("token", "secret")
                        .decoded());
    }

    @Test
    void nilIsAMissingField() {
        SentMessage message = register();
        for (String optional :
                "name weight priority backup max_connections proxy_protocol balance affinity responses max_new_per_second max_per_client slow_start token"
                        .split(" ", -1)) {
            message = message.with(optional, null);
        }
        assertEquals(PLAIN_REGISTER, message.decoded());
        assertRefused(ErrorCode.INVALID_REQUEST, "port must be", register().with("port", null));
        assertRefused(ErrorCode.INVALID_REQUEST, "cmd must be", register().with("cmd", null));
    }

    @Test
    void everyWordOfAChoiceIsUnderstood() {
        for (Balance balance : Balance.values()) {
            assertEquals(
                    balance, terms(register().with("balance", balance.word())).balance());
        }
        for (Affinity affinity : Affinity.values()) {
            assertEquals(
                    affinity,
                    terms(register().with("affinity", affinity.word())).affinity());
        }
        for (ProxyProtocol header : ProxyProtocol.values()) {
            assertEquals(
                    header,
                    traits(register()
                                    .with("protocol", header == ProxyProtocol.V2_EACH ? "udp" : "tcp")
                                    .with("proxy_protocol", header.word()))
                            .proxyProtocol());
        }
    }

    @Test
    void theSmallestAndLargestNumbersAreTaken() {
        assertEquals(1, traits(register().with("weight", 1)).weight());
        assertEquals(1, traits(register().with("max_connections", 1)).maxConnections());
        assertEquals(255, terms(register().with("responses", 255)).responses());
        assertEquals(
                new Command.Unregister(new RelayPort(Protocol.UDP, 1), 65_535, null),
                ofRegistration("unregister")
                        .with("protocol", "udp")
                        .with("port", 65_535)
                        .with("relay_port", 1)
                        .decoded());
    }

    @Test
    void aNameHasUpTo255CharactersOfAnyPlane() {
        for (String name : List.of("x", "\ud83d\udef0".repeat(255))) {
            assertEquals(name, traits(register().with("name", name)).name());
        }
    }

    @Test
    void unregisterHealthCheckAndStatusAreUnderstood() {
        assertEquals(
                new Command.Unregister(TCP_50000, 30_000, null),
                ofRegistration("unregister").decoded());
        assertEquals(
                new Command.HealthCheck(new RelayPort(Protocol.UDP, 50_000), true, null),
                healthCheck().with("protocol", "udp").decoded());
        assertEquals(new Command.Status(0), command("status").decoded());
        assertEquals(
                new Command.Status(50_000),
                command("status").with("relay_port", 50_000).decoded());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bad", "", "GOOD", "good ", "draining"})
    void anyOtherStateThanGoodIsNotGood(String state) {
        assertEquals(
                new Command.HealthCheck(TCP_50000, false, null),
                healthCheck().with("state", state).decoded());
    }

    @Test
    void aDrainMayNameAHostAndCarryAToken() {
        SentMessage drain = ofRegistration("drain");
        assertEquals(new Command.Drain(TCP_50000, 30_000, null, null), drain.decoded());
        assertEquals(
                new Command.Drain(TCP_50000, 30_000, AddressRange.parseAddress("10.0.0.7"), "secret"),
                drain.with("host", "10.0.0.7").with("token", "secret").decoded());
    }

    @Test
    void aQuestionForRelaysMayHaveFilters() {
        assertEquals(new Command.Relays(RelayQuery.ALL, null), command("relays").decoded());
        assertEquals(
                new Command.Relays(new RelayQuery(Protocol.UDP, 53, "dns-1", 256), "secret"),
                command("relays")
                        .with("protocol", "udp")
                        .with("relay_port", 53)
                        .with("component", "dns-1")
                        .with("after", 256)
                        .with("token", "secret")
                        .decoded());
    }

    @Test
    void aQuestionForRelaysChecksItsFields() {
        for (String field : List.of("protocol", "relay_port", "component", "after", "token")) {
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    field + " must be",
                    command("relays").with(field, false));
        }
        for (Object port : List.of(0, 65_536, "50000")) {
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    "relay_port must be",
                    command("relays").with("relay_port", port));
        }
        for (Object after : List.of(-1, 1L << 31, "7", 0.5)) {
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    "after must be an integer from 0 to 2147483647",
                    command("relays").with("after", after));
        }
        assertRefused(
                ErrorCode.INVALID_PROTOCOL,
                "protocol must be tcp or udp, not \"sctp\"",
                command("relays").with("protocol", "sctp"));
    }

    @Test
    void aHostThatIsNoAddressIsRefusedBeforeAnyOtherFault() {
        assertRefused(
                ErrorCode.INVALID_REQUEST,
                "host must be an address, not \"lb1\"",
                ofRegistration("drain").with("host", "lb1").with("protocol", "sctp"));
    }

    @Test
    void swappedPortsMeanEachOtherInARegisterOnly() {
        assertEquals(
                new Command.Register(
                        new Registration(
                                new RelayPort(Protocol.TCP, 30_000),
                                50_000,
                                ComponentTraits.DEFAULT,
                                ServiceTerms.UNSAID,
                                null),
                        null),
                register().decodedWithPortsSwapped());
        for (SentMessage other : List.of(ofRegistration("unregister"), ofRegistration("drain"), healthCheck())) {
            assertEquals(other.decoded(), other.decodedWithPortsSwapped());
        }
    }

    @Test
    void swappedPortsAreNamedAsTheyWereSent() {
        for (String field : List.of("port", "relay_port")) {
            String message =
                    refused(register().with(field, 0).decodedWithPortsSwapped()).message();
            assertTrue(message.startsWith(field + " must be"), message);
        }
    }

    @Test
    void aMessageWithoutAKnownCmdIsRefused() {
        SentMessage none = register().without("cmd");
        assertRefused(ErrorCode.INVALID_REQUEST, "cmd must be a string; it is missing", none);
        assertRefused(ErrorCode.INVALID_REQUEST, "cmd must be a string, not 5", none.with("cmd", 5));
        assertRefused(ErrorCode.INVALID_REQUEST, "not UTF-8", none.with("cmd", new RawString("ff")));
        for (String unknown : List.of("fly", "", "Register", "register ", "health_check")) {
            assertRefused(
                    ErrorCode.INVALID_COMMAND,
                    "\"" + unknown + "\"",
                    command(unknown).with("port", "x"));
        }
    }

    static Stream<Arguments> wrongFields() {
        return Stream.of(
                wrong("protocol", "tcp or udp", 6, true, List.of("tcp"), new RawString("ff"), new byte[] {-1}),
                wrong("port", "1 to 65535", 0, -1, 65_536, "80", 80.5, true, List.of(), Map.of()),
                wrong("port", "1 to 65535", Long.MIN_VALUE, (1L << 32) | 80, BigInteger.ONE.shiftLeft(63)),
                wrong("relay_port", "1 to 65535", 0, 65_536, "", 50_000.5f),
                wrong("name", "1 to 255 characters", "", "x".repeat(256), "a\nb", "\0x", "\u0085", 5),
                wrong("name", "1 to 255 characters", new RawString("80")),
                wrong("weight", "1 to 256", 0, 257, -1, "1", 1.5),
                wrong("balance", "roundrobin, leastconn, random or source", "", "RoundRobin", "fastest", 1),
                wrong("max_connections", "1 to 2147483647", 0, -1, 1L << 31, "many"),
                wrong("proxy_protocol", "none, v1, v2 or v2-each", "v3", "", 1, 2),
                wrong("udp_timeout", "longer than 0 and at most 24h", "0", "-1s", "25h", "5", 5, true),
                wrong("answer_timeout", "longer than 0 and at most 24h", "0", "1us", "soon", 5),
                wrong("affinity", "none or client", "cleint", "", 1, true),
                wrong("responses", "0 to 255", -1, 256, "1", 1.5),
                wrong("token", "a string", 5, new byte[] {-1}, new RawString("ff"), List.of("x")));
    }

    private static Arguments wrong(String field, String allowed, Object... values) {
        return Arguments.of(field, allowed, List.of(values));
    }

    @ParameterizedTest
    @MethodSource("wrongFields")
    void aWrongFieldIsNamedWithWhatIsAllowed(String field, String allowed, List<Object> values) {
        for (Object value : values) {
            for (String protocol : List.of("tcp", "udp", "sctp")) {
                SentMessage message = register().with("protocol", protocol).with(field, value);
                Reply reply = refused(message.decoded());
                assertEquals(ErrorCode.INVALID_REQUEST, reply.error(), reply::message);
                assertTrue(reply.message().startsWith(field + " must be "), reply::message);
                assertTrue(
                        reply.message().contains(allowed + ", not ")
                                || reply.message().contains(" without control characters, not "),
                        reply::message);
            }
        }
    }

    @Test
    void everyCommandChecksItsOwnFields() {
        for (String cmd : List.of("register", "unregister", "drain")) {
            for (String field : List.of("protocol", "port", "relay_port")) {
                assertRefused(
                        ErrorCode.INVALID_REQUEST,
                        "; it is missing",
                        ofRegistration(cmd).without(field));
                assertRefused(
                        ErrorCode.INVALID_REQUEST,
                        field + " must be",
                        ofRegistration(cmd).with(field, false));
            }
        }
        for (String field : List.of("protocol", "port", "state")) {
            assertRefused(
                    ErrorCode.INVALID_REQUEST, field + " must be", healthCheck().without(field));
            assertRefused(
                    ErrorCode.INVALID_REQUEST, field + " must be", healthCheck().with(field, false));
        }
        for (String field : List.of("host", "token")) {
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    field + " must be",
                    ofRegistration("drain").with(field, 10));
        }
        for (Object port : List.of(0, 65_536, "50000")) {
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    "relay_port must be",
                    command("status").with("relay_port", port));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sctp", "", "TCP", "tcp ", "both"})
    void anotherProtocolIsErrorSixOnlyWhenAllElseIsRight(String protocol) {
        for (String cmd : List.of("register", "unregister", "drain")) {
            SentMessage message = ofRegistration(cmd).with("protocol", protocol);
            assertRefused(ErrorCode.INVALID_PROTOCOL, "protocol must be tcp or udp, not", message);
            assertRefused(ErrorCode.INVALID_REQUEST, "relay_port", message.with("relay_port", 0));
        }
        SentMessage register = register().with("protocol", protocol);
        assertRefused(ErrorCode.INVALID_PROTOCOL, "protocol", register.with("proxy_protocol", "v1"));
        assertRefused(ErrorCode.INVALID_REQUEST, "token", register.with("token", 5));
        SentMessage check = healthCheck().with("protocol", protocol);
        assertRefused(ErrorCode.INVALID_PROTOCOL, "protocol", check);
        assertRefused(ErrorCode.INVALID_REQUEST, "state", check.without("state"));
    }

    @Test
    void theFirstProxyProtocolIsForTcpOnly() {
        SentMessage udp = register().with("protocol", "udp");
        assertRefused(ErrorCode.INVALID_REQUEST, "proxy_protocol must be", udp.with("proxy_protocol", "v1"));
        assertEquals(ProxyProtocol.V2, traits(udp.with("proxy_protocol", "v2")).proxyProtocol());
        assertEquals(
                ProxyProtocol.NONE, traits(udp.with("proxy_protocol", "none")).proxyProtocol());
    }

    @Test
    void aLimitOfConnectionsSaysNothingOnUdp() {
        SentMessage udp = register().with("protocol", "udp");
        assertEquals(0, traits(udp.with("max_connections", 5)).maxConnections());
        assertRefused(ErrorCode.INVALID_REQUEST, "max_connections", udp.with("max_connections", 0));
    }

    @Test
    void clientsAreAnArrayOfAddressRanges() {
        List<String> list = List.of("!10.9.0.0/16", "10.0.0.0/8", "::1");
        assertEquals(
                AccessList.parse(list), terms(register().with("clients", list)).clients());
        String array = "clients must be an array of 1 to 256 address ranges like 10.0.0.0/8 or !10.9.0.0/16, not ";
        assertRefused(ErrorCode.INVALID_REQUEST, array + "one of 0", register().with("clients", List.of()));
        assertRefused(
                ErrorCode.INVALID_REQUEST,
                array + "one of 257",
                register().with("clients", Collections.nCopies(257, "::1")));
        assertRefused(
                ErrorCode.INVALID_REQUEST, array + "\"10.0.0.0/8\"", register().with("clients", "10.0.0.0/8"));
        assertRefused(ErrorCode.INVALID_REQUEST, array + "an array", register().with("clients", List.of("::1", 1)));
        assertRefused(ErrorCode.INVALID_REQUEST, array + "a boolean", register().with("clients", true));
        assertRefused(
                ErrorCode.INVALID_REQUEST,
                "clients must be address ranges like 10.0.0.0/8 or !10.9.0.0/16, not \"10.0.0.0/99\"",
                register().with("clients", List.of("10.0.0.0/99")));
    }

    @Test
    void anArrayIsSkippedHoweverDeepItIs() {
        byte[] deep = new byte[40_000];
        Arrays.fill(deep, (byte) 0x91); // an array of one
        deep[deep.length - 1] = (byte) 0xc0;
        byte[] message = new byte[9 + deep.length];
        message[0] = (byte) 0x81;
        message[1] = (byte) 0xa7;
        System.arraycopy("clients".getBytes(StandardCharsets.US_ASCII), 0, message, 2, 7);
        System.arraycopy(deep, 0, message, 9, deep.length);
        assertEquals(
                ErrorCode.INVALID_REQUEST,
                refused(CommandCodec.decode(ByteBuffer.wrap(message), false)).error());
    }

    @Test
    void anUndrainNamesAHost() {
        assertEquals(
                new Command.Undrain(TCP_50000, 30_000, AddressRange.parseAddress("10.0.0.7"), "secret"),
                ofRegistration("undrain")
                        .with("host", "10.0.0.7")
                        .with("token", "secret")
                        .decoded());
        assertRefused(ErrorCode.INVALID_REQUEST, "host must be an address; it is missing", ofRegistration("undrain"));
    }

    @Test
    void aHostIsTheAddressOfOneMachine() {
        assertEquals(
                AddressRange.parseAddress("2001:db8::7"),
                registration(register().with("host", "2001:db8::7")).host());
        for (String wrong : List.of("0.0.0.0", "::", "239.1.2.3", "ff02::1")) {
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    "host must be an address of one machine, not \"" + wrong,
                    register().with("host", wrong));
        }
    }

    @Test
    void aBackupIsOfPriorityOne() {
        assertEquals(0, traits(register()).priority());
        assertEquals(7, traits(register().with("priority", 7)).priority());
        for (Object yes : List.of(true, 1)) {
            assertEquals(1, traits(register().with("backup", yes)).priority());
        }
        for (Object no : List.of(false, 0)) {
            assertEquals(0, traits(register().with("backup", no)).priority());
        }
        assertRefused(
                ErrorCode.INVALID_REQUEST,
                "priority and backup say the same",
                register().with("backup", true).with("priority", 1));
        for (Object wrong : List.of("true", 2, -1, List.of())) {
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    "backup must be true or false, not ",
                    register().with("backup", wrong));
        }
        for (Object wrong : List.of(-1, 256, "1", true)) {
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    "priority must be an integer from 0 to 255, not ",
                    register().with("priority", wrong));
        }
    }

    @Test
    void aMetricsPortIsAPortOnBothProtocols() {
        assertEquals(65_535, traits(register().with("metrics_port", 65_535)).metricsPort());
        assertEquals(
                1,
                traits(register().with("protocol", "udp").with("metrics_port", 1))
                        .metricsPort());
        for (Object port : List.of(0, -1, 65_536, "9100", 9_100.5, false)) {
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    "metrics_port must be an integer from 1 to 65535, not ",
                    register().with("metrics_port", port));
        }
    }

    @Test
    void theLimitsOfARelayAreCheckedAndItsDurationSaysNothingOnUdp() {
        SentMessage limited = register().with("max_bytes_per_second", 1_000_000).with("max_duration", "10m");
        assertEquals(1_000_000, traits(limited).maxBytesPerSecond());
        assertEquals(600_000_000_000L, traits(limited).maxDurationNs());
        assertEquals(1_000_000, traits(limited.with("protocol", "udp")).maxBytesPerSecond());
        assertEquals(0, traits(limited.with("protocol", "udp")).maxDurationNs());
        assertRefused(
                ErrorCode.INVALID_REQUEST,
                "max_bytes_per_second must be an integer from 1 to 2147483647, not 0",
                register().with("max_bytes_per_second", 0));
        assertRefused(
                ErrorCode.INVALID_REQUEST,
                "max_duration must be a duration like 250ms, 5s, 10m or 1h, longer than 0 and at most 24h, not \"0s\"",
                register().with("max_duration", "0s"));
    }

    @Test
    void aSlowStartIsADurationAsOnTheCommandLine() {
        Map.of("0", 0L, "0s", 0L, "250ms", 250_000_000L, "10m", 600_000_000_000L, "24h", 86_400_000_000_000L)
                .forEach((text, ns) -> assertEquals(
                        ns, traits(register().with("slow_start", text)).slowStartNs()));
        for (Object wrong : List.of("", "30", "-1s", "1.5s", "30 s", "1d", "25h", "9999999999s", 30, true, List.of())) {
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    "slow_start must be a duration like 250ms, 5s, 10m or 1h, at most 24h, not ",
                    register().with("slow_start", wrong));
        }
    }

    @Test
    void limitsAreAtLeastOne() {
        assertRefused(
                ErrorCode.INVALID_REQUEST,
                "max_new_per_second must be an integer from 1 to 1000000, not 0",
                register().with("max_new_per_second", 0));
        assertRefused(
                ErrorCode.INVALID_REQUEST,
                "max_new_per_second must be an integer from 1 to 1000000, not 1000001",
                register().with("max_new_per_second", 1_000_001));
        assertRefused(
                ErrorCode.INVALID_REQUEST,
                "max_per_client must be an integer from 1 to 2147483647, not \"3\"",
                register().with("max_per_client", "3"));
    }

    @Test
    void theServicesFieldsAreKeptOnTcpToo() {
        assertEquals(
                new ServiceTerms(null, Affinity.CLIENT, 3, null, null, null, null, null, null),
                terms(register().with("affinity", "client").with("responses", 3)));
    }

    @Test
    void whatAPeerSentIsShownShortAndHarmless() {
        String odd = "\u001b[31m\r\n\u202e\u2028" + "x".repeat(60_000);
        String message = refused(command(odd).decoded()).message();
        assertTrue(message.contains("\"\\u001b[31m\\u000d\\u000a\\u202e\\u2028xxx"), message);
        assertTrue(message.endsWith("xxx...\""), message);
        assertTrue(message.length() < 200, message);

        String exact = "x".repeat(39) + "\ud83d\udef0";
        assertTrue(refused(command(exact).decoded()).message().endsWith("\"" + exact + "\""));
    }

    @Test
    void aTokenIsNeverShown() {
        SentMessage drain = ofRegistration("drain").with("token", "secret");
        assertFalse(refused(drain.with("host", 1).decoded()).message().contains("secret"));
        assertFalse(refused(drain.with("protocol", "sctp").decoded()).message().contains("secret"));
        assertEquals(
                "token must be a string, not an array",
                refused(drain.with("token", List.of("secret")).decoded()).message());
        assertEquals(
                "token must be a string, not an integer",
                refused(drain.with("token", 12_345).decoded()).message());
    }

    private static ComponentTraits traits(SentMessage message) {
        return registration(message).traits();
    }

    private static ServiceTerms terms(SentMessage message) {
        return registration(message).terms();
    }

    private static Registration registration(SentMessage message) {
        return assertInstanceOf(Command.Register.class, message.decoded()).registration();
    }

    private static Reply refused(Command command) {
        return assertInstanceOf(Command.Refused.class, command).reply();
    }

    private static void assertRefused(ErrorCode error, String text, SentMessage message) {
        Reply reply = refused(message.decoded());
        assertEquals(error, reply.error(), reply::message);
        assertTrue(reply.message().contains(text), reply::message);
    }
}
