/**
 * How {@code java.nio} behaves on Linux: small scripts that run on the real provider and on the simulated one, and
 * whose traces must be equal.
 */
@NullMarked
package dev.lander.simulation.conformance;

import org.jspecify.annotations.NullMarked;
