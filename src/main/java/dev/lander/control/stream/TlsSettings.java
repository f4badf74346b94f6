package dev.lander.control.stream;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The PEM files of an encrypted control channel.
 *
 * @param certificate the server's certificate, and behind it those that lead from it to a root
 * @param key its private key
 * @param ca the authorities that clients' certificates must come from; null = clients need none
 */
public record TlsSettings(
        Path certificate, Path key, @Nullable Path ca) {
    static final String CERTIFICATE_OPTION = "--control-tls-cert";
    static final String KEY_OPTION = "--control-tls-key";
    static final String CA_OPTION = "--control-tls-ca";
}
