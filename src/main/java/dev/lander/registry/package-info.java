/**
 * Who serves which port: services with their components, reference-counted relay ports, health and balancing.
 *
 * <p>May import nothing of Lander but {@code text} and its own {@code balance} package; {@code java.net} only for
 * address values. It touches no socket, no clock and no logger: times are arguments, refusals are values
 * ({@link dev.lander.registry.Outcome}), and binding is asked of a {@link dev.lander.registry.PortBinder}.
 *
 * <p>All state belongs to the reactor's thread.
 */
@NullMarked
package dev.lander.registry;

import org.jspecify.annotations.NullMarked;
