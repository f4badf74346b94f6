/**
 * What is needed to open sockets, whatever they are for: addresses to bind, options, how they are closed, and how many
 * descriptors are left.
 *
 * <p>May import the kernel room, for the calls that only the system's own sockets have.
 */
@NullMarked
package dev.lander.sockets;

import org.jspecify.annotations.NullMarked;
