/**
 * The control channel: connections of components and operators, the commands that they give, and the sending of health
 * checks and drain progress.
 *
 * <p>May import its own rooms {@code wire} and {@code stream}, and {@code text}, {@code sockets}, {@code reactor},
 * {@code registry} and {@code metrics}; never {@code relay}.
 *
 * <p>All state belongs to the reactor's thread.
 */
@NullMarked
package dev.lander.control;

import org.jspecify.annotations.NullMarked;
