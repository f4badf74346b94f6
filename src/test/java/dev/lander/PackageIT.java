package dev.lander;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lander.testing.ChildProcess;
import dev.lander.testing.ControlPeer;
import dev.lander.testing.FreePorts;
import dev.lander.testing.LanderProcess;
import dev.lander.testing.NotifyReceiver;
import dev.lander.testing.TcpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The Debian package, installed into a copy of this machine that shares all but what is written: an overlay, gone with
 * the process that has mounted it.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "dpkg is Linux's")
class PackageIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** With a folder and a script, that is run in the copy; in the copy's /package is the package. */
    private static final String COPY = """
            set -e
            mount -t tmpfs tmpfs "$1"
            mkdir "$1/written" "$1/work" "$1/root"
            cp "$3" "$1/written/package"
            mount -t overlay overlay -o "lowerdir=/,upperdir=$1/written,workdir=$1/work" "$1/root"
            mount --rbind /proc "$1/root/proc"
            mount --rbind /dev "$1/root/dev"
            exec chroot "$1/root" sh -ec "$2"
            """;

    /** Depends are Debian's, and this machine's Java may not be. */
    private static final String INSTALL = "dpkg --force-depends -i /package >/dev/null 2>&1\n";

    /** In Markdown, to another file. */
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#]+)");

    private static Path deb = Path.of("");

    private final Path folder;

    PackageIT(@TempDir Path folder) {
        this.folder = folder;
    }

    @BeforeAll
    static void build() throws Exception {
        Assumptions.assumeTrue(Files.exists(Path.of("/usr/bin/dpkg-deb")), "missing: dpkg");
        deb = Path.of(outputOf(List.of("src/build/deb")).get(0));
    }

    @Test
    void theSameFilesGiveTheSamePackage() throws Exception {
        byte[] first = Files.readAllBytes(deb);
        build();
        assertEquals(-1, Arrays.mismatch(first, Files.readAllBytes(deb)));
    }

    @Test
    void theUnitIsAcceptedAndSafe() throws Exception {
        Assumptions.assumeTrue(Files.exists(Path.of("/usr/bin/systemd-analyze")), "missing: systemd-analyze");
        String unit = outputOf(List.of("sh", "-c", "readlink -f src/dist/lander.service"))
                .get(0);
        String rating =
                outputOf(List.of("systemd-analyze", "security", "--offline=true", "--threshold=20", unit)).stream()
                        .filter(line -> line.contains("Overall exposure level"))
                        .findFirst()
                        .orElseThrow();
        assertTrue(rating.matches(".*: (0|1)\\.\\d .*"), rating);
        // It reads other units too, of whatever is installed here; and what only a later systemd knows is a warning.
        String verify = "systemd-analyze verify lander.service 2>&1 | grep lander | grep -v ': Unknown key' || true";
        assertEquals(List.of(), inCopy(INSTALL + verify));
    }

    @Test
    void theUnitOfSeveralProcessesIsAcceptedAndHasItsOwn() throws Exception {
        Assumptions.assumeTrue(Files.exists(Path.of("/usr/bin/systemd-analyze")), "missing: systemd-analyze");
        String verify = "systemd-analyze verify lander@2.service 2>&1 | grep lander | grep -v ': Unknown key' || true";
        assertEquals(List.of(), inCopy(INSTALL + verify));
        List<String> unit = inCopy(INSTALL + "cat /usr/lib/systemd/system/lander@.service");
        assertTrue(
                unit.containsAll(List.of(
                        "Environment=LANDER_INSTANCE=%i",
                        "ExecStart=/usr/share/lander/service /etc/default/lander-instances",
                        "RuntimeDirectory=lander-%i",
                        "SyslogIdentifier=lander@%i")),
                unit::toString);
    }

    /** As the units start them, but on loopback only. */
    @Test
    void twoInstancesShareARelayPort() throws Exception {
        List<String> started = inCopy(INSTALL + """
                unshare -n sh -ec '
                    ip link set lo up
                    started=
                    for i in 1 2; do
                        LANDER_INSTANCE=$i /usr/share/lander/service /etc/default/lander-instances >/tmp/$i 2>&1 &
                        started="$started $!"
                    done
                    for i in 1 2; do
                        until grep -o "listening on .*" /tmp/$i; do sleep 0.1; done
                    done
                    kill $started
                    wait $started
                '
                """);
        assertEquals(List.of("listening on [::]:9981", "listening on [::]:9982"), started);
    }

    @Test
    void whatIsInstalledRelaysAndEndsInOrder() throws Exception {
        int relayPort = FreePorts.next();
        try (NotifyReceiver manager = NotifyReceiver.start(NotifyReceiver.address("abstract", folder));
                TcpServer server = TcpServer.echo();
                LanderProcess lander = LanderProcess.awaitReady(
                        ChildProcess.start(copy(INSTALL + "exec lander --bind 127.0.0.1 0"), manager.environment()));
                ControlPeer component = lander.control()) {
            manager.await("READY=1");
            assertEquals(0, component.register("tcp", server.port(), relayPort));
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), relayPort)) {
                client.getOutputStream().write('?');
                assertEquals('?', client.getInputStream().read());
            }
            lander.process().signal("TERM");
            assertEquals(0, lander.process().exitStatus());
            assertEquals(List.of(), lander.process().output());
        }
    }

    @Test
    void theManualListsEveryOption() throws Exception {
        outputOf(List.of("dpkg-deb", "-x", deb.toString(), folder.toString()));
        List<String> manual = outputOf(List.of("zcat", folder + "/usr/share/man/man8/lander.8.gz"));
        List<String> options = outputOf(LanderProcess.command("--help")).stream()
                .filter(line -> line.matches(" {6}--[a-z].*"))
                .map(line -> line.strip().split("[= ]", 2)[0].replace("-", "\\-"))
                .toList();
        assertTrue(options.size() > 10, options::toString);
        assertEquals(options, listed(manual));
    }

    @Test
    void theManualsOfTheClientsListEachOptionOnce() throws Exception {
        Path clients = Path.of(deb.toString().replace("/lander_", "/lander-clients_"));
        outputOf(List.of("dpkg-deb", "-x", clients.toString(), folder.toString()));
        for (String page : List.of("man8/lander-agent.8.gz", "man1/landerctl.1.gz")) {
            for (List<String> section : sections(outputOf(List.of("zcat", folder + "/usr/share/man/" + page)))) {
                List<String> listed = listed(section);
                assertEquals(listed.stream().distinct().toList(), listed, page);
            }
        }
    }

    /** The manual's pages, cut at their headings. */
    private static List<List<String>> sections(List<String> page) {
        List<List<String>> sections = new ArrayList<>(List.of(new ArrayList<>()));
        for (String line : page) {
            if (line.startsWith(".SH ")) {
                sections.add(new ArrayList<>());
            }
            sections.get(sections.size() - 1).add(line);
        }
        return sections;
    }

    /** The options that a page has an entry for. */
    private static List<String> listed(List<String> page) {
        return page.stream()
                .filter(line -> line.startsWith(".BI \\-\\-"))
                .map(line -> line.split(" ", -1)[1])
                .toList();
    }

    @Test
    void thePagesLinkToNothingThatIsNotInstalled() throws Exception {
        outputOf(List.of("dpkg-deb", "-x", deb.toString(), folder.toString()));
        Path pages = folder.resolve("usr/share/doc/lander");
        List<String> missing = new ArrayList<>();
        int links = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(pages, "*.md")) {
            for (Path page : all) {
                Matcher link = LINK.matcher(Files.readString(page));
                while (link.find()) {
                    links++;
                    if (!Files.exists(pages.resolve(link.group(1)))) {
                        missing.add(page.getFileName() + " to " + link.group(1));
                    }
                }
            }
        }
        assertTrue(links > 10, "links: " + links);
        assertEquals(List.of(), missing);
    }

    @Test
    void removalLeavesConfigurationOnlyAndPurgingNothing() throws Exception {
        String list = "find /etc /usr /var/cache /var/lib /var/log -xdev ! -type d -name '*lander*'\n";
        List<String> printed = inCopy(list + INSTALL
                + "test -s /var/cache/lander/lander.jsa\n"
                + "lander --version\n"
                + "dpkg -r lander >/dev/null 2>&1\n"
                + "test ! -e /var/cache/lander\n"
                + list
                + "echo purged\n"
                + "dpkg -P lander >/dev/null 2>&1\n"
                + list);
        int installed = indexOf("lander \\d+\\.\\d+\\.\\d+", printed);
        int purged = indexOf("purged", printed);
        List<String> before = printed.subList(0, installed);
        assertEquals(
                List.of(
                        "/etc/default/lander",
                        "/etc/default/lander-instances",
                        "/etc/logrotate.d/lander",
                        "/etc/systemd/system/lander.service", // masked, as what is removed is in Debian
                        "/etc/systemd/system/multi-user.target.wants/lander.service"),
                without(before, printed.subList(installed + 1, purged)));
        assertEquals(List.of(), without(before, printed.subList(purged + 1, printed.size())));
    }

    /** Java 17 archives them as they are, Java 25 linked, and its launcher is the same. */
    @ParameterizedTest
    @ValueSource(strings = {"17", "25"})
    void classesAreReadFromTheArchive(String release) throws Exception {
        String home = outputOf(List.of("sh", "-c", "src/build/jdk " + release + " || true")).stream()
                .findFirst()
                .orElse("");
        Assumptions.assumeFalse(home.isEmpty(), "missing: Java " + release);
        List<String> printed = inCopy("export JAVA_HOME=" + home + "\n" + INSTALL
                + "export JAVA_OPTS=-Xlog:class+load:file=/loaded\n"
                + "lander --version\n"
                + "grep dev.lander.options.ArgumentParser /loaded\n");
        assertTrue(printed.get(0).startsWith("lander "), printed::toString);
        assertTrue(printed.get(1).contains("source: shared objects file"), printed::toString);
    }

    /** What the script prints in a copy of the machine. */
    private List<String> inCopy(String script) throws Exception {
        return outputOf(copy(script));
    }

    private List<String> copy(String script) throws Exception {
        Assumptions.assumeTrue(mayMount(), "missing: the right to mount");
        return copying(script);
    }

    /** Not where only root may, nor in a container whose root may not. */
    private boolean mayMount() throws Exception {
        if (!"root".equals(System.getProperty("user.name"))) {
            return false;
        }
        try (ChildProcess child = ChildProcess.start(copying("true"))) {
            return child.exitStatus(LIMIT) == 0;
        }
    }

    private List<String> copying(String script) throws IOException {
        Path mounted = Files.createTempDirectory(folder, "copy");
        return List.of("unshare", "--mount", "sh", "-c", COPY, "sh", mounted.toString(), script, deb.toString());
    }

    private static List<String> outputOf(List<String> command) throws Exception {
        try (ChildProcess child = ChildProcess.start(command, Map.of("LC_ALL", "C"))) {
            assertEquals(0, child.exitStatus(LIMIT), child::toString);
            return new ArrayList<>(child.output());
        }
    }

    private static int indexOf(String pattern, List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).matches(pattern)) {
                return i;
            }
        }
        throw new AssertionError("no " + pattern + ": " + lines);
    }

    /** Less what was there before, and what the packaging tools keep for themselves. */
    private static List<String> without(List<String> before, List<String> after) {
        TreeSet<String> more = new TreeSet<>(after);
        before.forEach(more::remove);
        more.removeIf(file -> file.startsWith("/var/lib/dpkg/") || file.startsWith("/var/lib/systemd/"));
        return List.copyOf(more);
    }
}
