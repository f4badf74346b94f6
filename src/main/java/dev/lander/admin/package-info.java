/**
 * The admin page: what Lander does, as a status page, as JSON and as Prometheus metrics, over the JDK's HTTP server.
 *
 * <p>May import the rooms of both floors below, and not the program. Owns nothing of theirs: it has threads of its own,
 * which reach the reactor's state only by a {@link dev.lander.admin.LoopQuestion}, and get an immutable
 * {@link dev.lander.admin.LoopView}. However slow, many or hostile HTTP clients are, the loop pays for a bounded number
 * of views.
 */
@NullMarked
package dev.lander.admin;

import org.jspecify.annotations.NullMarked;
