/** Everything at once: what no single test would think of. */
@NullMarked
package dev.lander.fault;

import org.jspecify.annotations.NullMarked;
