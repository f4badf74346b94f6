/**
 * How bytes come and go over a control connection: plainly or by TLS.
 *
 * <p>May import {@code sockets}. Only {@link dev.lander.control.stream.TlsStream} knows the library for TLS channels.
 */
@NullMarked
package dev.lander.control.stream;

import org.jspecify.annotations.NullMarked;
