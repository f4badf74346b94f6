/**
 * The system's own calls where Java has none: pipes, by which bytes pass from one socket to another without being
 * copied, and how the C library is reached. Linux only; where something is missing, the callers do without.
 *
 * <p>Nothing of it is loaded before it is needed: JNA's native library takes some 60 ms. May import nothing of Lander.
 */
@NullMarked
package dev.lander.kernel;

import org.jspecify.annotations.NullMarked;
