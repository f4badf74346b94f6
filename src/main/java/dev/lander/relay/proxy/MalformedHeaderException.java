package dev.lander.relay.proxy;

import java.io.IOException;

/** What a balancer has sent is no PROXY header; an expected fault, so without a stack trace. */
public final class MalformedHeaderException extends IOException {
    private static final long serialVersionUID = 1;

    MalformedHeaderException(String why) {
        super(why);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
