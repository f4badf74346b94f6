/**
 * What is written while Lander runs: the log, one line per event of the registry, and the access log. Nothing here
 * holds up the loop.
 *
 * <p>May import {@code text}, {@code registry}, {@code listing} and {@code relay}, whose events it writes. Only this
 * room knows logback.
 */
@NullMarked
package dev.lander.log;

import org.jspecify.annotations.NullMarked;
