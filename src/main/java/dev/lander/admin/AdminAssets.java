package dev.lander.admin;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The files of the status page, from the class path: its own, and those of the chart library. */
final class AdminAssets {
    private static final String OWN = "/dev/lander/admin/";
    private static final String CHARTS = "/META-INF/resources/webjars/uplot/1.6.30/dist/";
    private static final String CHARTS_FOLDER = "uplot/";

    /** No folders, nothing hidden: nothing else of the class path can be named. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*(\\.[A-Za-z0-9_-]+)*\\.(?<kind>[a-z]+)");

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml",
            "png", "image/png",
            "ico", "image/x-icon");

    private final Map<String, Answer> read = new ConcurrentHashMap<>();

    /** The page itself. */
    Answer page() {
        return find("index.html").orElseGet(() -> Answer.text(404, "the status page is not in this build"));
    }

    /** The file of this name, below {@code /assets/}; empty when there is none. */
    Optional<Answer> find(String name) {
        Answer known = read.get(name);
        if (known != null) {
            return Optional.of(known);
        }
        boolean isChart = name.startsWith(CHARTS_FOLDER);
        String file = isChart ? name.substring(CHARTS_FOLDER.length()) : name;
        Matcher parts = NAME.matcher(file);
        String type = parts.matches() ? TYPES.get(parts.group("kind")) : null;
        if (type == null) {
            return Optional.empty();
        }
        Optional<Answer> found = read(type, (isChart ? CHARTS : OWN) + file);
        found.ifPresent(answer -> read.put(name, answer));
        return found;
    }

    private static Optional<Answer> read(String type, String resource) {
        try (InputStream in = AdminAssets.class.getResourceAsStream(resource)) {
            if (in == null) {
                return Optional.empty();
            }
            byte[] body = in.readAllBytes();
            return Optional.of(new Answer(200, type, body, '"' + digest(body) + '"'));
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    private static String digest(byte[] body) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(body))
                    .substring(0, 32);
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
