/**
 * Addresses as people write them: ranges in CIDR notation, and how an address is shown.
 *
 * <p>May import nothing of Lander. All of it is values and functions of values.
 */
@NullMarked
package dev.lander.address;

import org.jspecify.annotations.NullMarked;
