/**
 * The machine that Lander runs on: its limits and addresses, and the service manager that started Lander.
 *
 * <p>May import {@code text} and the kernel room. Only {@link dev.lander.host.NotifySocket} knows JNA.
 */
@NullMarked
package dev.lander.host;

import org.jspecify.annotations.NullMarked;
