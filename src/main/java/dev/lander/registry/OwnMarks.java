package dev.lander.registry;

/**
 * What a Lander has found out of a component by itself.
 *
 * @param draining its owner has asked for it
 * @param bad it has reported a state other than good
 * @param checked it has answered a health check
 * @param silent it owes answers
 */
public record OwnMarks(boolean draining, boolean bad, boolean checked, boolean silent) {}
