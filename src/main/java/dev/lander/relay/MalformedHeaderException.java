package dev.lander.relay;

import java.io.IOException;

/** What a balancer has sent is no PROXY header; an expected fault, so without a stack trace. */
final class MalformedHeaderException extends IOException {
    private static final long serialVersionUID = 1;

    MalformedHeaderException(String why) {
        super(why);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
