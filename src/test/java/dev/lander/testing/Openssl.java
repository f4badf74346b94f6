package dev.lander.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Certificates and keys for a test, made by the program openssl; see {@link Programs}. */
public final class Openssl {
    /** A certificate with its key, each in a PEM file. */
    public record Issued(Path certificate, Path key) {}

    private final Path directory;

    /** Makes files in this directory. */
    public Openssl(Path directory) {
        this.directory = directory;
        Programs.need("openssl", "openssl", "version");
    }

    /** A certificate that may issue others. */
    public Issued authority(String name) throws IOException {
        return certificate(name, List.of("-newkey", "rsa:2048", "-addext", "basicConstraints=critical,CA:TRUE"));
    }

    /** A certificate for 127.0.0.1 or a client, with a key of this kind: RSA, EC or ED25519. */
    public Issued issue(Issued by, String name, String kind) throws IOException {
        return issue(by, name, kind, "IP:127.0.0.1");
    }

    /** A certificate for this subject, as {@code DNS:*.example.org}, with a key of this kind: RSA, EC or ED25519. */
    public Issued issue(Issued by, String name, String kind, String subject) throws IOException {
        List<String> key =
                switch (kind) {
                    case "EC" -> List.of("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
                    case "RSA" -> List.of("-newkey", "rsa:2048");
                    default -> List.of("-newkey", kind);
                };
        List<String> options = new ArrayList<>(key);
        options.addAll(
                List.of("-CA", by.certificate().toString(), "-CAkey", by.key().toString()));
        options.addAll(List.of("-addext", "basicConstraints=critical,CA:FALSE"));
        options.addAll(List.of("-addext", "subjectAltName=" + subject));
        return certificate(name, options);
    }

    /** Runs openssl with these arguments. */
    public void run(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.onExit().join().exitValue() != 0) {
            throw new AssertionError(command + ": " + said);
        }
    }

    private Issued certificate(String name, List<String> options) throws IOException {
        Issued issued = new Issued(directory.resolve(name + ".pem"), directory.resolve(name + ".key"));
        List<String> arguments =
                new ArrayList<>(List.of("req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=" + name));
        arguments.addAll(List.of(
                "-out", issued.certificate().toString(), "-keyout", issued.key().toString()));
        arguments.addAll(options);
        run(arguments.toArray(String[]::new));
        return issued;
    }
}
