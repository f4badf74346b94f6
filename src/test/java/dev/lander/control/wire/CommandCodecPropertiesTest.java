package dev.lander.control.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.control.SentMessage;
import dev.lander.registry.Affinity;
import dev.lander.registry.Balance;
import dev.lander.registry.ComponentTraits;
import dev.lander.registry.Protocol;
import dev.lander.registry.ProxyProtocol;
import dev.lander.registry.Registration;
import dev.lander.registry.RelayPort;
import dev.lander.registry.ServiceTerms;
import dev.lander.text.AccessList;
import dev.lander.text.DurationText;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

@PropertyDefaults(edgeCases = EdgeCasesMode.NONE)
class CommandCodecPropertiesTest {
    private static final Duration TIME_LIMIT = Duration.ofSeconds(10);

    @Property(tries = 1000)
    void anyBytesGetAnAnswer(@ForAll @Size(max = 200) byte[] bytes, @ForAll boolean beginsAsMap, @ForAll boolean swap) {
        if (beginsAsMap && bytes.length > 0) {
            bytes[0] = (byte) (0x80 | (bytes[0] & 0x0f));
        }
        assertAnswered(decode(bytes, swap));
    }

    @Property(tries = 1000)
    void anyDamageToACommandGetsAnAnswer(
            @ForAll("registration") Registration registration,
            @ForAll @IntRange(min = 1, max = 4) int damages,
            @ForAll long seed) {
        byte[] bytes = message(registration).packed();
        Random random = new Random(seed);
        for (int i = 0; i < damages; i++) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        assertAnswered(decode(bytes, false));
        assertAnswered(decode(Arrays.copyOf(bytes, random.nextInt(bytes.length)), false));
    }

    @Property(tries = 500)
    void aCutOrLengthenedCommandIsRefused(@ForAll("registration") Registration registration, @ForAll long seed) {
        byte[] bytes = message(registration).packed();
        int length = new Random(seed).nextInt(2 * bytes.length);
        Command command = decode(Arrays.copyOf(bytes, length), false);
        if (length == bytes.length) {
            assertEquals(new Command.Register(registration, null), command);
        } else {
            Command.Refused refused = assertInstanceOf(Command.Refused.class, command);
            assertEquals(ErrorCode.INVALID_REQUEST, refused.reply().error());
        }
    }

    @Property(tries = 500)
    void aRegisterIsReadInAnyOrderOfItsFieldsAndAmongAnyOthers(
            @ForAll("registration") Registration registration,
            @ForAll("unknownFields") Map<String, Object> others,
            @ForAll long seed) {
        Map<String, @Nullable Object> fields =
                new LinkedHashMap<>(message(registration).fields());
        fields.putAll(others);
        List<String> names = new ArrayList<>(fields.keySet());
        Collections.shuffle(names, new Random(seed));
        Map<String, @Nullable Object> shuffled = new LinkedHashMap<>();
        names.forEach(name -> shuffled.put(name, fields.get(name)));

        assertEquals(new Command.Register(registration, null), new SentMessage(shuffled).decoded());
    }

    @Property(tries = 500)
    void swappedPortsUndoThemselves(@ForAll("registration") Registration registration) {
        assertEquals(
                new Command.Register(registration, null),
                message(registration)
                        .with("port", registration.relayPort().number())
                        .with("relay_port", registration.port())
                        .decodedWithPortsSwapped());
    }

    @Property(tries = 1000)
    void aFieldOfAnyValueIsTakenOrNamed(
            @ForAll("registration") Registration registration,
            @ForAll("fieldName") String field,
            @ForAll("value") Object value) {
        Command command = message(registration).with(field, value).decoded();
        if (command instanceof Command.Refused refused) {
            String message = refused.reply().message();
            boolean isOfPair =
                    message.startsWith("proxy_protocol must") || message.endsWith(" is for TCP, not for UDP");
            assertTrue(message.startsWith(field + " must be ") || isOfPair, message);
            assertTrue(message.length() < 200, message);
            assertFalse(message.codePoints().anyMatch(Character::isISOControl), message);
        } else {
            assertInstanceOf(Command.Register.class, command);
        }
    }

    private static Command decode(byte[] message, boolean swap) {
        return assertTimeoutPreemptively(TIME_LIMIT, () -> CommandCodec.decode(ByteBuffer.wrap(message), swap));
    }

    private static void assertAnswered(Command command) {
        if (command instanceof Command.Refused refused) {
            assertNotEquals(ErrorCode.OK, refused.reply().error());
            assertFalse(refused.reply().message().isEmpty());
            assertTrue(CommandCodec.isMap(CommandCodec.encode(refused.reply())));
        }
    }

    /** The message that asks for this registration. */
    private static SentMessage message(Registration registration) {
        ComponentTraits traits = registration.traits();
        ServiceTerms terms = registration.terms();
        SentMessage message = SentMessage.register()
                .with("protocol", registration.relayPort().protocol().word())
                .with("port", registration.port())
                .with("relay_port", registration.relayPort().number())
                .with("name", traits.name())
                .with("weight", traits.weight())
                .with("priority", traits.priority())
                .with("proxy_protocol", traits.proxyProtocol().word())
                .with("slow_start", traits.slowStartNs() / 1_000_000 + "ms")
                .with(
                        "balance",
                        terms.balance() == null ? null : terms.balance().word())
                .with(
                        "affinity",
                        terms.affinity() == null ? null : terms.affinity().word())
                .with("responses", terms.responses())
                .with("max_new_per_second", terms.maxNewPerSecond())
                .with("max_per_client", terms.maxPerClient())
                .with(
                        "clients",
                        terms.clients() == null
                                ? null
                                : terms.clients().entries().stream()
                                        .map(AccessList.Entry::toString)
                                        .toList())
                .with("udp_timeout", terms.udpTimeoutNs() == null ? null : DurationText.ofNs(terms.udpTimeoutNs()))
                .with(
                        "answer_timeout",
                        terms.answerTimeoutNs() == null ? null : DurationText.ofNs(terms.answerTimeoutNs()));
        return message.with("max_connections", positive(traits.maxConnections()))
                .with("max_bytes_per_second", positive(traits.maxBytesPerSecond()))
                .with("max_duration", traits.maxDurationNs() == 0 ? null : DurationText.ofNs(traits.maxDurationNs()))
                .with("metrics_port", positive(traits.metricsPort()));
    }

    private static @Nullable Integer positive(int limit) {
        return limit == 0 ? null : limit;
    }

    @Provide
    Arbitrary<Registration> registration() {
        Arbitrary<Integer> port = Arbitraries.integers().between(1, 65_535);
        Arbitrary<String> name = Arbitraries.strings()
                .withCharRange(' ', '~')
                .withCharRange('\u00a0', '\ud7ff')
                .ofMinLength(1)
                .ofMaxLength(255);
        Arbitrary<ComponentTraits> traits = Combinators.combine(
                        name.injectNull(0.3),
                        Arbitraries.integers().between(1, 256),
                        Arbitraries.integers().greaterOrEqual(0),
                        Arbitraries.of(ProxyProtocol.class),
                        Arbitraries.longs().between(0, 86_400_000).map(millis -> millis * 1_000_000),
                        Arbitraries.integers().between(0, 255),
                        Arbitraries.integers().greaterOrEqual(0),
                        Arbitraries.longs().between(0, 86_400_000).map(millis -> millis * 1_000_000))
                .as((label, weight, connections, header, slowStart, priority, rate, age) -> new ComponentTraits(
                        label, weight, connections, header, slowStart, priority, rate, age, weight * 17 % 65_536));
        Arbitrary<ServiceTerms> terms = Combinators.combine(
                        Arbitraries.of(Balance.class).injectNull(0.3),
                        Arbitraries.of(Affinity.class).injectNull(0.3),
                        Arbitraries.integers().between(0, 255).injectNull(0.3),
                        Arbitraries.integers().between(1, 1_000_000).injectNull(0.3),
                        Arbitraries.integers().greaterOrEqual(1).injectNull(0.3),
                        timeout(),
                        timeout(),
                        Arbitraries.of(
                                        List.of("10.0.0.0/8"),
                                        List.of("!192.0.2.7/32", "2001:db8::/32"),
                                        Collections.nCopies(256, "::/0"))
                                .map(AccessList::parse)
                                .injectNull(0.3))
                .as((balance, affinity, responses, rate, perClient, flow, answer, clients) ->
                        new ServiceTerms(balance, affinity, responses, rate, perClient, flow, answer, clients, null));
        return Combinators.combine(Arbitraries.of(Protocol.class), port, port, traits, terms)
                .as((protocol, relayPort, own, asked, services) -> new Registration(
                        new RelayPort(protocol, relayPort), own, possible(protocol, asked), services, null));
    }

    private static Arbitrary<Long> timeout() {
        return Arbitraries.longs()
                .between(1, 86_400_000)
                .map(millis -> millis * 1_000_000)
                .injectNull(0.3);
    }

    /** On UDP there is no header v1 and no limit of connections; on TCP there are no datagrams to have one each. */
    private static ComponentTraits possible(Protocol protocol, ComponentTraits traits) {
        ProxyProtocol impossible = protocol == Protocol.TCP ? ProxyProtocol.V2_EACH : ProxyProtocol.V1;
        return new ComponentTraits(
                traits.name(),
                traits.weight(),
                protocol == Protocol.TCP ? traits.maxConnections() : 0,
                traits.proxyProtocol() == impossible ? ProxyProtocol.V2 : traits.proxyProtocol(),
                traits.slowStartNs(),
                traits.priority(),
                traits.maxBytesPerSecond(),
                protocol == Protocol.TCP ? traits.maxDurationNs() : 0,
                traits.metricsPort());
    }

    @Provide
    Arbitrary<Map<String, Object>> unknownFields() {
        Set<String> known = Set.of("cmd", "protocol", "port", "relay_port", "name", "weight", "max_connections");
        Arbitrary<String> name = Arbitraries.strings().alpha().ofMaxLength(12).filter(text -> !known.contains(text));
        return Arbitraries.maps(name, RandomMsgpack.value()).ofMaxSize(5);
    }

    @Provide
    Arbitrary<String> fieldName() {
        return Arbitraries.of(
                "cmd",
                "protocol",
                "port",
                "relay_port",
                "name",
                "weight",
                "balance",
                "max_connections",
                "proxy_protocol",
                "affinity",
                "responses",
                "max_new_per_second",
                "max_per_client",
                "server_names",
                "alpn",
                "preamble",
                "slow_start",
                "udp_timeout",
                "answer_timeout",
                "token");
    }

    @Provide
    Arbitrary<Object> value() {
        return RandomMsgpack.value();
    }
}
