package dev.lander;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.lander.reactor.Acceptor;
import dev.lander.reactor.FaultHandler;
import dev.lander.registry.Routes;
import java.nio.channels.SelectionKey;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** The house's rules that a compiler does not know. */
@AnalyzeClasses(packages = "dev.lander", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
    private static final String ROOT = "dev.lander";
    private static final String TEXT = ROOT + ".text..";
    private static final String KERNEL = ROOT + ".kernel..";
    private static final String SOCKETS = ROOT + ".sockets..";
    private static final String REACTOR = ROOT + ".reactor..";
    private static final String REGISTRY = ROOT + ".registry..";
    private static final String METRICS = ROOT + ".metrics..";
    private static final String LISTING = ROOT + ".listing..";
    private static final String CONTROL = ROOT + ".control..";
    private static final String WIRE = ROOT + ".control.wire..";
    private static final String STREAM = ROOT + ".control.stream..";
    private static final String RELAY = ROOT + ".relay..";
    private static final String PORTS = ROOT + ".relay";
    private static final String TCP = ROOT + ".relay.tcp..";
    private static final String UDP = ROOT + ".relay.udp..";
    private static final String PROXY = ROOT + ".relay.proxy..";
    private static final String TLS = ROOT + ".relay.tls..";
    private static final String ADMIN = ROOT + ".admin..";
    private static final String LOG = ROOT + ".log..";
    private static final String HOST = ROOT + ".host..";
    private static final String OPTIONS = ROOT + ".options..";
    private static final String CLUSTER = ROOT + ".cluster";
    private static final String MEMBERS = ROOT + ".cluster.members..";

    /** What reads the clock or waits for it. */
    private static final Map<String, Set<String>> OF_TIME = Map.of(
            "java.lang.System", Set.of("nanoTime", "currentTimeMillis"),
            "java.lang.Thread", Set.of("sleep"));

    private ArchitectureTest() {}

    @ArchTest
    static final ArchRule textKnowsNothingOfLander = usesOfLanderOnly(TEXT);

    @ArchTest
    static final ArchRule theKernelRoomKnowsNothingOfLander = usesOfLanderOnly(KERNEL);

    @ArchTest
    static final ArchRule socketsKnowTheKernelRoomOnly = usesOfLanderOnly(SOCKETS, KERNEL);

    @ArchTest
    static final ArchRule theHostKnowsTextAndTheKernelRoomOnly = usesOfLanderOnly(HOST, TEXT, KERNEL);

    @ArchTest
    static final ArchRule theReactorKnowsSocketsOnly = usesOfLanderOnly(REACTOR, SOCKETS);

    @ArchTest
    static final ArchRule theMetricsKnowTextOnly = usesOfLanderOnly(METRICS, TEXT);

    @ArchTest
    static final ArchRule theRegistryKnowsNothingElseOfLander = usesOfLanderOnly(REGISTRY, TEXT);

    @ArchTest
    static final ArchRule theListingKnowsTheRegistryAndWhoIsToBlame =
            usesOfLanderOnly(LISTING, TEXT, REACTOR, REGISTRY);

    @ArchTest
    static final ArchRule policiesKnowNothingOfTheRegistry = usesOfLanderOnly(ROOT + ".registry.balance..");

    @ArchTest
    static final ArchRule controlKnowsTheGroundFloorOnly =
            usesOfLanderOnly(CONTROL, TEXT, SOCKETS, REACTOR, REGISTRY, METRICS, LISTING);

    @ArchTest
    static final ArchRule theWireKnowsNoConnectionReactorOrChannel = usesOfLanderOnly(WIRE, TEXT, REGISTRY, LISTING);

    @ArchTest
    static final ArchRule streamsKnowSocketsOnly = usesOfLanderOnly(STREAM, SOCKETS);

    @ArchTest
    static final ArchRule relayKnowsTheGroundFloorOnly =
            usesOfLanderOnly(RELAY, TEXT, KERNEL, SOCKETS, REACTOR, REGISTRY, METRICS, LISTING);

    @ArchTest
    static final ArchRule relayPortsKnowNeitherTcpNorUdp =
            usesOfLanderOnly(PORTS, TEXT, SOCKETS, REACTOR, REGISTRY, METRICS, LISTING);

    @ArchTest
    static final ArchRule tcpDoesNotSeeUdp =
            usesOfLanderOnly(TCP, PORTS, PROXY, TLS, TEXT, KERNEL, SOCKETS, REACTOR, REGISTRY, METRICS, LISTING);

    @ArchTest
    static final ArchRule directionsKnowNoPipe = noClasses()
            .that()
            .haveNameNotMatching(ROOT + "[.]relay[.]tcp[.]Splices?([$].*)?")
            .and()
            .resideOutsideOfPackages(KERNEL, SOCKETS, HOST)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(KERNEL);

    @ArchTest
    static final ArchRule udpDoesNotSeeTcp =
            usesOfLanderOnly(UDP, PORTS, PROXY, TEXT, SOCKETS, REACTOR, REGISTRY, METRICS, LISTING);

    @ArchTest
    static final ArchRule theReaderOfTlsHellosKnowsNothingOfLander = usesOfLanderOnly(TLS);

    @ArchTest
    static final ArchRule theProxyProtocolKnowsTextHellosAndTheRegistrysEnumsOnly = noClasses()
            .that()
            .resideInAPackage(PROXY)
            .should()
            .dependOnClassesThat(resideInAPackage(ROOT + "..")
                    .and(not(resideInAnyPackage(PROXY, TLS, TEXT)))
                    .and(not(resideInAPackage(REGISTRY).and(describe("are enums", JavaClass::isEnum)))));

    @ArchTest
    static final ArchRule theLogKnowsWhatItWritesOnly = usesOfLanderOnly(LOG, TEXT, REGISTRY, LISTING, PORTS);

    @ArchTest
    static final ArchRule optionsAreMadeOfTheRoomsSettings = noClasses()
            .that()
            .resideInAPackage(OPTIONS)
            .should()
            .dependOnClassesThat(resideInAPackage(ROOT + "..")
                    .and(not(resideInAnyPackage(OPTIONS, TEXT)))
                    .and(not(describe("are settings", one -> one.getSimpleName().endsWith("Settings"))))
                    .and(not(describe(
                            "is the address of both", one -> one.getSimpleName().equals("BindAddress")))));

    @ArchTest
    static final ArchRule nobodyBelowKnowsTheAdminPage = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT, OPTIONS, ADMIN)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ADMIN);

    @ArchTest
    static final ArchRule onlyTheAdminPageKnowsHttpJsonAndPrometheus = noClasses()
            .that()
            .resideOutsideOfPackage(ADMIN)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.sun.net.httpserver..", "com.fasterxml..", "io.prometheus..");

    @ArchTest
    static final ArchRule nobodyKnowsTheProgram = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT);

    /**
     * Values may be made anywhere, and a port has an acceptor and routes of its own; all else of a room is handed over.
     */
    @ArchTest
    static final ArchRule onlyTheProgramBuildsWhatBelongsToAnotherRoom = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT)
            .should()
            .callConstructorWhere(describe(
                    "builds what belongs to another room",
                    call -> !call.getTargetOwner().isRecord()
                            && !call.getTargetOwner().isAssignableTo(Throwable.class)
                            && !call.getTargetOwner().isEquivalentTo(Acceptor.class)
                            && !call.getTargetOwner().isEquivalentTo(Routes.class)
                            && isOfAnotherRoom(call)));

    @ArchTest
    static final ArchRule roomsHaveNoCycles =
            slices().matching(ROOT + ".(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule theRegistryTouchesNoSocketAndNoLogger = noClasses()
            .that()
            .resideInAPackage(REGISTRY)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.nio..", "java.io..", "java.time..", "org.slf4j..", "ch.qos.logback..")
            .orShould()
            .dependOnClassesThat(describe(
                    "are of java.net but no addresses",
                    one -> one.getPackageName().equals("java.net")
                            && !one.getSimpleName().matches("Inet.*Address")));

    @ArchTest
    static final ArchRule onlyTheCodecsKnowMsgpack = noClasses()
            .that()
            .haveNameNotMatching(ROOT + "[.](control[.]wire[.](CommandCodec|MsgpackTree|StatusReply)"
                    + "|cluster[.](NewsCodec|HoldCodec|Elements))([$].*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.msgpack..");

    @ArchTest
    static final ArchRule onlyTheTlsStreamKnowsTlsChannel = noClasses()
            .that()
            .haveNameNotMatching(ROOT + "[.]control[.]stream[.]TlsStream([$].*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("tlschannel..");

    @ArchTest
    static final ArchRule onlyTheKernelRoomAndTheNotifySocketKnowJna = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(ROOT + ".host.NotifySocket")
            .and()
            .resideOutsideOfPackage(KERNEL)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.sun.jna..");

    @ArchTest
    static final ArchRule theMembersKnowTheReactorAndWhatTheyCarryForOnly =
            usesOfLanderOnly(MEMBERS, CLUSTER, TEXT, REACTOR);

    @ArchTest
    static final ArchRule onlyTheMembersKnowJGroups = noClasses()
            .that()
            .resideOutsideOfPackage(MEMBERS)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.jgroups..");

    @ArchTest
    static final ArchRule onlyTheArgumentParserKnowsPicocli = noClasses()
            .that()
            .haveNameNotMatching(ROOT + "[.]options[.]ArgumentParser([$].*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("picocli..");

    @ArchTest
    static final ArchRule onlyTheLogKnowsLogback = noClasses()
            .that()
            .resideOutsideOfPackage(LOG)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ch.qos.logback..");

    /** What another provider than the system's could not open. */
    private static final Set<String> OPENED_BY_SOCKETS = Set.of(
            "java.nio.channels.SocketChannel",
            "java.nio.channels.ServerSocketChannel",
            "java.nio.channels.DatagramChannel",
            "java.nio.channels.Selector");

    @ArchTest
    static final ArchRule onlySocketsOpensChannels = noClasses()
            .should()
            .accessTargetWhere(describe(
                    "opens a channel by itself",
                    access -> access.getName().equals("open")
                            && OPENED_BY_SOCKETS.contains(
                                    access.getTargetOwner().getFullName())));

    @ArchTest
    static final ArchRule timeIsAnArgument = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(ROOT + ".Main")
            .should()
            .accessTargetWhere(describe("reads the clock or sleeps", ArchitectureTest::isOfTime));

    @ArchTest
    static final ArchRule onlyTheReactorLooksAtAttachments = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(ROOT + ".reactor.Reactor")
            .should()
            .accessTargetWhere(describe(
                    "is an attachment",
                    access -> access.getTargetOwner().isEquivalentTo(SelectionKey.class)
                            && Set.of("attachment", "attach").contains(access.getName())));

    /** Of records and enums the default says enough. */
    @ArchTest
    static void handlersSayInTheLogWhichOneTheyAre(JavaClasses imported) {
        for (JavaClass one : imported) {
            if (one.isAssignableTo(FaultHandler.class) && !one.isInterface() && !one.isRecord()) {
                assertTrue(one.tryGetMethod("toString").isPresent(), () -> one.getName() + " has no toString()");
            }
        }
    }

    @ArchTest
    static final ArchRule namesSayWhatThingsAre =
            noClasses().should().haveNameMatching(".*[.$](Abstract\\w*|\\w*(Manager|Util|Utils|Impl))");

    @ArchTest
    static final ArchRule nothingIsPrinted = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(ROOT + ".Main")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err");

    @ArchTest
    static void everyPackageIsDescribedAndWithoutNulls(JavaClasses imported) {
        Set<JavaPackage> packages = imported.stream().map(JavaClass::getPackage).collect(Collectors.toSet());
        assertFalse(packages.isEmpty());
        for (JavaPackage one : packages) {
            assertTrue(one.isAnnotatedWith(NullMarked.class), one::getName);
        }
    }

    private static ArchRule usesOfLanderOnly(String room, String... others) {
        String[] allowed = Stream.concat(Stream.of(room), Stream.of(others)).toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAPackage(room)
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT + "..").and(not(resideInAnyPackage(allowed))));
    }

    private static boolean isOfTime(JavaAccess<?> access) {
        return OF_TIME.getOrDefault(access.getTargetOwner().getFullName(), Set.of())
                .contains(access.getName());
    }

    private static boolean isOfAnotherRoom(JavaAccess<?> access) {
        String target = room(access.getTargetOwner());
        return target.startsWith(ROOT) && !target.equals(room(access.getOriginOwner()));
    }

    private static String room(JavaClass one) {
        return one.getPackageName().replaceFirst("^(dev\\.lander\\.\\w+).*", "$1");
    }
}
