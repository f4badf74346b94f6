/**
 * Clusters of three Landers in network namespaces, walked through failures. What takes long has the tag {@code walks}:
 * {@code make test-cluster}.
 */
@NullMarked
package dev.lander.walk;

import org.jspecify.annotations.NullMarked;
