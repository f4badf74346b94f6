/**
 * A whole Lander in a simulated network: components, clients and operators whose every act a seed decides, faults of
 * the network and the machine, and invariants that hold whatever happens. One seed is one run, exactly.
 */
@NullMarked
package dev.lander.simulation;

import org.jspecify.annotations.NullMarked;
