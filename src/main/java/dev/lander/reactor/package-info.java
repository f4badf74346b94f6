/**
 * The loop and time: select, dispatch to the key's handler, deadlines, tasks from other threads, and accepting.
 *
 * <p>May import {@code sockets}. It does not know what a component or a relay is.
 */
@NullMarked
package dev.lander.reactor;

import org.jspecify.annotations.NullMarked;
