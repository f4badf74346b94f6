package dev.lander.relay.tls;

import java.io.IOException;

/** What a client has sent begins as TLS and is no ClientHello; an expected fault, so without a stack trace. */
public final class MalformedHelloException extends IOException {
    private static final long serialVersionUID = 1;

    /** For this reason. */
    public MalformedHelloException(String why) {
        super(why);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
