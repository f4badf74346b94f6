package dev.lander;

import dev.lander.control.Access;
import dev.lander.control.stream.TlsContext;
import dev.lander.log.AccessLogFile;
import dev.lander.options.TokenFile;
import dev.lander.reactor.Reactor;
import java.io.IOException;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the token and the certificate again, and opens the access log anew; what can't be read holds as it was. Files
 * are read by who calls, as a disk may be slow, and only what they held goes to the loop.
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

    /** From any thread but the loop's, one at a time: else what was read first could come to hold last. */
    synchronized void run() {
        reloadToken();
        if (tls != null) {
            reload(tls);
        }
        if (accessLog != null) {
            accessLog.reopen();
        }
    }

    private void reloadToken() {
        try {
            String read = TokenFile.read(tokenFile);
            reactor.execute(() -> {
                access.setToken(read);
                if (read != null) {
                    LOG.info("reloaded token_file={}", tokenFile);
                }
            });
        } catch (IOException refused) {
            LOG.error("reload failed, the old token holds: {}", refused.getMessage());
        }
    }

    private void reload(TlsContext context) {
        try {
            SSLContext read = context.read();
            reactor.execute(() -> {
                context.use(read);
                LOG.info("reloaded {}", context);
            });
        } catch (IOException refused) {
            LOG.error("reload failed, the old certificate holds: {}", refused.getMessage());
        }
    }
}
