/**
 * A network in memory behind {@code java.nio}: hosts with sockets, links with delay and faults, and the channels and
 * selector by which a program uses them. Everything happens on one thread and in simulated time, so a seed repeats a
 * run exactly.
 *
 * <p>It behaves as the JDK on Linux does; {@code ConformanceTest} holds it to that.
 */
@NullMarked
package dev.lander.simulation.network;

import org.jspecify.annotations.NullMarked;
