package dev.lander.host;

import dev.lander.text.ShownText;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the service manager that has started this process how it fares, as sd_notify(3) of systemd describes it; does
 * nothing where none has. On a thread of its own, so that a manager that does not read holds nobody up. What can't be
 * sent is one warning in the log. From any thread.
 */
public final class ServiceNotifier implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceNotifier.class);

    /** How long closing waits for what is yet to be sent. */
    private static final Duration FLUSH = Duration.ofSeconds(1);

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(1);

    private final String socketName;
    private final @Nullable Duration watchdogPause;
    private final @Nullable ExecutorService sender;

    /** Null until it is open, and where it can't be. The sender's alone, as is the next. */
    private @Nullable NotifySocket socket;

    /** Whether the last message was not sent. */
    private boolean failing;

    private ServiceNotifier(String socketName, @Nullable Duration watchdogPause) {
        this.socketName = socketName;
        this.watchdogPause = watchdogPause;
        this.sender = socketName.isEmpty() ? null : Executors.newSingleThreadExecutor(ServiceNotifier::thread);
        run(this::open);
    }

    /** As the environment says; the variables are systemd's. */
    public static ServiceNotifier of(Map<String, String> environment) {
        String socketName = environment.getOrDefault("NOTIFY_SOCKET", "");
        return socketName.isEmpty() ? none() : new ServiceNotifier(socketName, watchdogPause(environment));
    }

    /** One that tells nobody. */
    public static ServiceNotifier none() {
        return new ServiceNotifier("", null);
    }

    /** How often {@link #alive} must be called, half the time after which the manager acts; null = never. */
    @Nullable
    public Duration watchdogPause() {
        return watchdogPause;
    }

    /** The service is there. */
    public void ready(String status) {
        send("READY=1\nSTATUS=" + status);
    }

    /** What it does now, for people. */
    public void status(String status) {
        send("STATUS=" + status);
    }

    /** It still works. */
    public void alive() {
        send("WATCHDOG=1");
    }

    /**
     * It ends.
     *
     * @param limit the most that the end may take; the manager kills no earlier
     */
    public void stopping(String status, Duration limit) {
        long limitUs = TimeUnit.MICROSECONDS.convert(limit);
        send("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + limitUs + "\nSTATUS=" + status);
    }

    /** Sends what is yet to be sent, within a second. */
    @Override
    public void close() {
        if (sender == null) {
            return;
        }
        sender.shutdown();
        try {
            sender.awaitTermination(FLUSH.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static @Nullable Duration watchdogPause(Map<String, String> environment) {
        String limitUs = environment.get("WATCHDOG_USEC");
        String pid = environment.get("WATCHDOG_PID");
        boolean forOther =
                pid != null && !pid.equals(Long.toString(ProcessHandle.current().pid()));
        if (limitUs == null || forOther) {
            return null;
        }
        try {
            Duration half = Duration.of(Long.parseLong(limitUs) / 2, ChronoUnit.MICROS);
            return half.compareTo(SHORTEST_PAUSE) < 0 ? null : half;
        } catch (NumberFormatException notANumber) {
            LOG.warn("WATCHDOG_USEC '{}' is no number: the watchdog is not fed", limitUs);
            return null;
        }
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "service-notifier");
        thread.setDaemon(true);
        return thread;
    }

    private void run(Runnable work) {
        if (sender != null) {
            sender.execute(work);
        }
    }

    private void send(String message) {
        run(() -> {
            if (socket == null) {
                return; // told already
            }
            try {
                socket.send(message);
                failing = false;
            } catch (IOException refused) {
                fail(refused.getMessage());
            }
        });
    }

    private void open() {
        try {
            socket = new NotifySocket(socketName);
        } catch (IOException refused) {
            fail(refused.getMessage());
        } catch (LinkageError noNativeLibrary) {
            fail(noNativeLibrary.toString());
        }
    }

    /** Once, not with each message that follows. */
    private void fail(@Nullable String why) {
        if (!failing) {
            failing = true;
            LOG.warn(
                    "service_manager_not_told NOTIFY_SOCKET={} why={}",
                    ShownText.value(socketName),
                    ShownText.quoted(why));
        }
    }
}
