/**
 * The command line: what users can set, how it is read and checked.
 *
 * <p>May import {@code text} and the rooms' settings.
 */
@NullMarked
package dev.lander.options;

import org.jspecify.annotations.NullMarked;
