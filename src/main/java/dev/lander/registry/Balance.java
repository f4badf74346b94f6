package dev.lander.registry;

import dev.lander.text.Word;

/** The balancing policies that a service can ask for. */
public enum Balance implements Word {
    ROUNDROBIN,
    LEASTCONN,
    RANDOM,
    SOURCE
}
