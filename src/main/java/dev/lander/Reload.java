package dev.lander;

import dev.lander.control.Access;
import dev.lander.control.stream.TlsContext;
import dev.lander.log.AccessLogFile;
import dev.lander.options.TokenFile;
import dev.lander.reactor.Reactor;
import dev.lander.text.ShownText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the token and the certificate again, and opens the access log anew; what can't be read holds as it was. Files
 * are read on the caller's thread, as a disk may be slow, and only what they held goes to the loop.
 */
final class Reload {
    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

    private final Reactor reactor;
    private final Access access;
    private final @Nullable Path tokenFile;
    private final @Nullable TlsContext tls;
    private final @Nullable AccessLogFile accessLog;

    /** Of what is there; null = it is not. */
    Reload(
            Reactor reactor,
            Access access,
            @Nullable Path tokenFile,
            @Nullable TlsContext tls,
            @Nullable AccessLogFile accessLog) {
        this.reactor = reactor;
        this.access = access;
        this.tokenFile = tokenFile;
        this.tls = tls;
        this.accessLog = accessLog;
    }

    /**
     * From any thread but the loop's, one at a time: else what was read first could come to hold last.
     *
     * @return what could not be read or opened, for users; empty = all is as the files say, from the loop's next turn
     *     on
     */
    synchronized List<String> run() {
        List<String> failures = new ArrayList<>();
        attempt(this::reloadToken, "the old token holds", failures);
        if (tls != null) {
            attempt(() -> reload(tls), "the old certificate holds", failures);
        }
        if (accessLog != null) {
            attempt(accessLog::reopen, "the old access log stays open", failures);
        }
        return failures;
    }

    /** Reads or opens a file. */
    private interface Attempt {
        void run() throws IOException;
    }

    private static void attempt(Attempt attempt, String consequence, List<String> failures) {
        try {
            attempt.run();
        } catch (IOException refused) {
            LOG.error("reload failed, {}: {}", consequence, refused.getMessage());
            failures.add(consequence + ": " + refused.getMessage());
        }
    }

    private void reloadToken() throws IOException {
        String read = TokenFile.read(tokenFile);
        reactor.execute(() -> {
            access.setToken(read);
            if (read != null) {
                LOG.info("reloaded token_file={}", ShownText.value(String.valueOf(tokenFile)));
            }
        });
    }

    private void reload(TlsContext context) throws IOException {
        TlsContext.Loaded read = context.read();
        reactor.execute(() -> {
            context.use(read);
            LOG.info("reloaded {}", context);
        });
    }
}
