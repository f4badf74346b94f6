package dev.lander.admin;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.lander.text.ShownText;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers one HTTP request: GET and HEAD, nothing else. That a client has gone is told to the server, too: else it
 * would count the connection against its limit for ever.
 */
final class AdminHandler implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);

    private static final int NOT_MODIFIED = 304;
    private static final int MISDIRECTED = 421;
    private static final long NO_BODY = -1;

    /** Characters of a host's name in an answer. */
    private static final int MOST_SHOWN = 100;

    /** The most bytes that documents on their way to clients may take together. */
    private static final int MOST_UNDER_WAY = 64 * 1024 * 1024;

    private static final int KIB = 1024;

    private final Endpoints endpoints;
    private final HostNames hostNames;

    /** KiB that slow clients may yet read. */
    private final Semaphore underWay = new Semaphore((int) (mostUnderWay() / KIB));

    /**
     * Answers from these endpoints.
     *
     * @param hostNames who asks by another name is refused
     */
    AdminHandler(Endpoints endpoints, HostNames hostNames) {
        this.endpoints = endpoints;
        this.hostNames = hostNames;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Answer answer = answer(exchange);
            int taken = answer.body().length / KIB;
            if (!underWay.tryAcquire(taken)) {
                send(exchange, Answer.text(503, "too many clients read slowly: try again later"));
                return;
            }
            try {
                send(exchange, answer);
            } finally {
                underWay.release(taken);
            }
        } catch (IOException clientGone) {
            LOG.debug("admin_client_gone why={}", ShownText.quoted(clientGone.getMessage()));
            throw clientGone;
        }
    }

    private Answer answer(HttpExchange exchange) {
        String method = exchange.getRequestMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            exchange.getResponseHeaders().set("Connection", "close"); // its body may be endless
            return Answer.text(405, "only GET and HEAD are understood");
        }
        String host = exchange.getRequestHeaders().getFirst("Host");
        if (host != null && !hostNames.include(host)) {
            return Answer.text(MISDIRECTED, ShownText.quoted(host, MOST_SHOWN) + " is none of --admin-host");
        }
        String path = exchange.getRequestURI().getPath();
        try {
            String query = Objects.requireNonNullElse(exchange.getRequestURI().getRawQuery(), "");
            return endpoints.answer(Objects.requireNonNullElse(path, ""), query);
        } catch (RuntimeException defect) {
            LOG.error(
                    "defect admin_path={}",
                    ShownText.value(exchange.getRequestURI().toString()),
                    defect);
            return Answer.text(500, "a defect of lander's: its log tells more");
        }
    }

    private static long mostUnderWay() {
        return Math.min(MOST_UNDER_WAY, Runtime.getRuntime().maxMemory() / 8);
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set(
                "Content-Security-Policy",
                "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        if (answer.tag().isEmpty()) {
            headers.set("Cache-Control", "no-store");
        } else {
            headers.set("Cache-Control", "no-cache"); // may be kept, but is asked for each time
            headers.set("ETag", answer.tag());
            if (answer.tag().equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
                exchange.sendResponseHeaders(NOT_MODIFIED, NO_BODY);
                return;
            }
        }
        headers.set("Content-Type", answer.type());
        if (exchange.getRequestMethod().equals("HEAD")) {
            headers.set("Content-Length", Integer.toString(answer.body().length));
            exchange.sendResponseHeaders(answer.status(), NO_BODY);
        } else {
            exchange.sendResponseHeaders(answer.status(), answer.body().length);
            try (OutputStream body =
                    exchange.getResponseBody()) { // its end fails with a fault, the exchange's does not
                body.write(answer.body());
            }
        }
    }
}
