/**
 * The PROXY protocol's header, written and understood.
 *
 * <p>May import {@code text}, {@code relay.tls} and the registry's enums.
 */
@NullMarked
package dev.lander.relay.proxy;

import org.jspecify.annotations.NullMarked;
