/**
 * The program: the command line, the log, and {@link dev.lander.Lander}, which assembles the rooms.
 *
 * <p>May import every room. Only here are objects of one room handed to another.
 */
@NullMarked
package dev.lander;

import org.jspecify.annotations.NullMarked;
