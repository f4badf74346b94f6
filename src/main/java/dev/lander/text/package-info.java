/**
 * How values are written and read: addresses and ranges of them, port ranges, durations, and text that is shown.
 *
 * <p>May import nothing of Lander. All of it is values and functions of values.
 */
@NullMarked
package dev.lander.text;

import org.jspecify.annotations.NullMarked;
