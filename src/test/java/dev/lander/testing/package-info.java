/**
 * What tests share: a running Lander, peers on real sockets, waiting for a condition, free ports, a hand-moved clock.
 */
@NullMarked
package dev.lander.testing;

import org.jspecify.annotations.NullMarked;
