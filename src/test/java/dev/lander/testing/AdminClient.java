package dev.lander.testing;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A client of the admin page. */
public final class AdminClient {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final HttpClient http = HttpClient.newHttpClient();
    private final InetSocketAddress address;
    private final String root;

    /** For the page at this address. */
    public AdminClient(InetSocketAddress address) {
        this.address = address;
        this.root = "http://" + address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    /** For the page of a Lander in this process. */
    public static AdminClient of(RunningLander lander) {
        InetSocketAddress address = lander.lander().adminAddress();
        if (address == null) {
            throw new AssertionError("it has no admin page");
        }
        return new AdminClient(address);
    }

    /** Where the page is. */
    public InetSocketAddress address() {
        return address;
    }

    /** What a GET brings. */
    public HttpResponse<String> get(String path) throws IOException {
        return send("GET", path);
    }

    /** What a request without a body brings; the headers are alternating names and values. */
    public HttpResponse<String> send(String method, String path, String... headers) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(root + path))
                .timeout(LIMIT)
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
    }

    /** The document at the path: maps, lists, texts, Longs, Doubles and Booleans. */
    public Map<?, ?> json(String path) throws IOException {
        HttpResponse<String> response = get(path);
        if (response.statusCode() != 200) {
            throw new AssertionError(path + ": " + response.statusCode() + " " + response.body());
        }
        return document(response.body());
    }

    /** The object that a text is. */
    public static Map<?, ?> document(String text) throws IOException {
        try (JsonParser json = new JsonFactory().createParser(text)) {
            json.nextToken();
            return (Map<?, ?>) value(json);
        }
    }

    /** The objects of a list in a document. */
    public static List<Map<?, ?>> list(Map<?, ?> object, String name) {
        List<Map<?, ?>> found = new ArrayList<>();
        if (!(object.get(name) instanceof List<?> values)) {
            throw new AssertionError("no list " + name + " in " + object);
        }
        values.forEach(value -> found.add((Map<?, ?>) value));
        return found;
    }

    /** The value of a sample in {@code /metrics}, written out with its labels in the order of the alphabet. */
    public double metric(String sample) throws IOException {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(sample + " "))
                .map(line -> Double.parseDouble(line.substring(sample.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + sample));
    }

    private static Object value(JsonParser json) throws IOException {
        return switch (json.currentToken()) {
            case START_OBJECT -> object(json);
            case START_ARRAY -> array(json);
            case VALUE_STRING -> json.getText();
            case VALUE_NUMBER_INT -> json.getLongValue();
            case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
            case VALUE_TRUE, VALUE_FALSE -> json.getBooleanValue();
            default -> throw new AssertionError("unexpected " + json.currentToken());
        };
    }

    private static Map<String, Object> object(JsonParser json) throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            if (fields.put(name, value(json)) != null) {
                throw new AssertionError(name + " is there twice");
            }
        }
        return fields;
    }

    private static List<Object> array(JsonParser json) throws IOException {
        List<Object> values = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            values.add(value(json));
        }
        return values;
    }
}
