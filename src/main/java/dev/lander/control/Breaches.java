package dev.lander.control;

import dev.lander.control.stream.ControlStream;
import dev.lander.control.wire.ErrorCode;
import dev.lander.control.wire.FrameDecoder;
import dev.lander.control.wire.Reply;
import dev.lander.metrics.BurstLog;
import dev.lander.metrics.Counter;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLException;

/** Counts and logs what a control peer does that the protocol does not allow, and tells the peer. */
final class Breaches {
    private final BurstLog log;
    private final ControlStream stream;
    private final FrameDecoder decoder;
    private final Speech speech;
    private final Object connection;

    /**
     * Of one peer.
     *
     * @param decoder has what the peer has sent
     * @param connection as in the log
     */
    Breaches(BurstLog log, ControlStream stream, FrameDecoder decoder, Speech speech, Object connection) {
        this.log = log;
        this.stream = stream;
        this.decoder = decoder;
        this.speech = speech;
        this.connection = connection;
    }

    /**
     * What has come is no message.
     *
     * @param first whether no message came before it, so that the framing is not certain: the peer is told bare
     */
    void onBroken(String cause, boolean first) {
        log.count(Counter.CONTROL_BROKEN, connection, "why", cause);
        Reply reply = new Reply(ErrorCode.INVALID_REQUEST, cause);
        if (first) {
            speech.replyBare(reply);
        } else {
            speech.reply(reply);
        }
    }

    /** The peer speaks no TLS, or breaks it. */
    void onBrokenTls(SSLException broken) {
        ByteBuffer instead = stream.unencrypted();
        if (instead == null) {
            log.count(Counter.CONTROL_TLS, connection, "why", broken);
            return;
        }
        decoder.feed(instead);
        String why = "this control channel speaks TLS, but " + decoder.whatCame();
        log.count(Counter.CONTROL_TLS, connection, "why", why);
        decoder.next(); // decides the framing, and the message itself is not awaited
        speech.reply(new Reply(ErrorCode.INVALID_REQUEST, why));
    }

    /** No whole message has come in time. */
    void onNoMessage() {
        String why = "no whole message came within " + ConnectionLife.FIRST_MESSAGE.toSeconds() + " s: "
                + decoder.progress();
        log.count(Counter.CONTROL_NO_MESSAGE, connection, "why", why);
        speech.replyBare(new Reply(ErrorCode.INVALID_REQUEST, why));
    }
}
