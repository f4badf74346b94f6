/**
 * The first message of TLS, the ClientHello, as far as a balancer looks at it: whose name the client asks for, and
 * which protocols it offers. Nothing is changed, and nothing is decrypted.
 *
 * <p>May import nothing of Lander.
 */
@NullMarked
package dev.lander.relay.tls;

import org.jspecify.annotations.NullMarked;
