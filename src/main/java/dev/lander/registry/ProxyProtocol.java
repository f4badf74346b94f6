package dev.lander.registry;

import dev.lander.text.Word;

/** The PROXY protocol header by which a component learns who the client is. */
public enum ProxyProtocol implements Word {
    NONE,
    V1,
    V2,
    /** UDP: ahead of every datagram, not of a flow's first only. */
    V2_EACH;

    @Override
    public String word() {
        return this == V2_EACH ? "v2-each" : Word.super.word();
    }
}
