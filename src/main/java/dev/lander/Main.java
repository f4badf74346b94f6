package dev.lander;

import dev.lander.host.Heap;
import dev.lander.host.Machine;
import dev.lander.host.ReloadReport;
import dev.lander.host.ServiceNotifier;
import dev.lander.log.LogConfigurator;
import dev.lander.log.StandardError;
import dev.lander.options.ArgumentParser;
import dev.lander.options.BadArgument;
import dev.lander.options.Options;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import sun.misc.Signal;

/** Starts Lander from the command line. */
public final class Main {
    /** A bad command line. */
    private static final int USAGE = 2;

    /** Lander can't start. */
    private static final int REFUSED = 1;

    /** Its descriptor. */
    private static final int STANDARD_ERROR = 2;

    /** How long a reload waits for the loop to take over what was read. */
    private static final Duration RELOAD_LIMIT = Duration.ofSeconds(10);

    /** The start is over then: few classes are still read. */
    private static final Duration AFTER_START = Duration.ofSeconds(1);

    /** How often the heap is asked to be small, at most. */
    private static final int SHRINKS = 3;

    private Main() {}

    /** Runs until SIGTERM or SIGINT; the exit status is 0 then, 2 for a bad command line, 1 when it cannot start. */
    public static void main(String[] arguments) {
        System.setErr(utf8(FileDescriptor.err)); // whatever the locale says
        System.setOut(utf8(FileDescriptor.out));
        int status = run(arguments);
        LogConfigurator.stop();
        System.exit(status);
    }

    private static PrintStream utf8(FileDescriptor stream) {
        return new PrintStream(new FileOutputStream(stream), true, StandardCharsets.UTF_8);
    }

    private static int run(String[] commandLine) {
        ArgumentParser parser = new ArgumentParser(System.getenv());
        ArgumentParser.Request request;
        try {
            request = parser.parse(commandLine);
        } catch (BadArgument refused) {
            refuse(parser, refused);
            return USAGE;
        }
        System.out.print(request.printed());
        return request.options() == null ? 0 : serve(request.options());
    }

    /** Last comes what is wrong, and elsewhere than on a terminal nothing else: of a log only the end is looked at. */
    private static void refuse(ArgumentParser parser, BadArgument why) {
        if (Machine.isTerminal(STANDARD_ERROR)) {
            System.err.println(parser.help());
        }
        String priority = StandardError.isJournal(System.getenv()) ? StandardError.priority(Level.ERROR) : "";
        System.err.println(priority + "lander: " + why.getMessage());
    }

    private static int serve(Options options) {
        LogConfigurator.setLevel(options.log().level());
        Logger log = LoggerFactory.getLogger(Main.class);
        try (ServiceNotifier notifier = ServiceNotifier.of(System.getenv())) {
            Lander lander = new Lander(options, Platform.ofSystem(System::nanoTime, notifier));
            ReloadReport reports = ReloadReport.of(System.getenv());
            Signal.handle(new Signal("TERM"), signal -> onEndSignal(lander));
            Signal.handle(new Signal("INT"), signal -> onEndSignal(lander));
            Signal.handle(new Signal("HUP"), signal -> onReloadSignal(lander, reports));
            Thread heap = new Thread(Main::shrinkHeap, "heap");
            heap.setDaemon(true);
            heap.start();
            lander.run();
            return 0;
        } catch (IOException refused) {
            log.error("lander cannot start: {}", refused.getMessage());
            return REFUSED;
        }
    }

    /** Once the start is over. */
    private static void shrinkHeap() {
        try {
            for (int i = 0; i < SHRINKS; i++) {
                Thread.sleep(AFTER_START.toMillis());
                if (Heap.shrink()) {
                    return;
                }
            }
        } catch (InterruptedException ends) {
            Thread.currentThread().interrupt();
        }
    }

    /** Tells the result once it holds. */
    private static void onReloadSignal(Lander lander, ReloadReport reports) {
        List<String> failures = lander.reload();
        lander.turnsWithin(RELOAD_LIMIT);
        reports.write(failures);
    }

    /** The first signal ends Lander in order, a second one at once. */
    private static void onEndSignal(Lander lander) {
        if (!lander.end()) {
            Runtime.getRuntime().halt(0);
        }
    }
}
