package dev.lander.registry;

import dev.lander.text.Word;

/** What clients send ahead of TLS, and wait for an answer to. */
public enum Preamble implements Word {
    /** PostgreSQL's SSLRequest, which a server that has TLS answers by {@code S}. */
    POSTGRES
}
