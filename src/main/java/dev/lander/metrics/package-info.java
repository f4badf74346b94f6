/**
 * What is counted for the process as a whole, and the log of what is counted too often to log each time.
 *
 * <p>May import {@code text}. It does not know who shows the counters. Counters of a service or component live on it.
 *
 * <p>All state belongs to the reactor's thread.
 */
@NullMarked
package dev.lander.metrics;

import org.jspecify.annotations.NullMarked;
