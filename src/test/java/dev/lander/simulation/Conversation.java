package dev.lander.simulation;

import dev.lander.relay.FinishedRelay;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One TCP connection of a client's, as both ends see it. */
final class Conversation {
    /** What the client asks the component to do. */
    enum Style {
        /** Answer each byte, and the end by an end. */
        ECHO,
        /** Send much, and end first. */
        DOWNLOAD,
        /** Take all, and answer with one byte behind the end. */
        SINK,
        /** Say nothing until the client ends. */
        HOLD,
        /** Reset the connection when half has come. */
        RESET
    }

    /** Number, style, and how long the answer of a download is. */
    static final int HEAD = 12;

    final int number;
    final Style style;

    /** How many bytes the client wants to send, with the head. */
    final int toSend;

    /** How many bytes the answer of a download has. */
    final int toGet;

    /** Where the client connects from, or what a balancer has told of it; null until it does. */
    @Nullable
    InetSocketAddress client;

    /** When the client began to connect. */
    long beganNs;

    /** What it sends ahead of all else. */
    Opening opening = Opening.NONE;

    /** It asks for TLS first, as PostgreSQL's clients do. */
    boolean asksForTls;

    int clientSent;

    /** When the client last sent something. */
    long lastSentNs;

    /** How long Lander had stood still by then, in all. */
    long stalledBeforeNs;

    int clientGot;
    int componentGot;
    int componentSent;

    /** Whether a component has read its head. */
    boolean known;

    /** The client has reset it, or closed it before its end. */
    boolean clientBroke;

    /** The component has reset it, or closed it before its end. */
    boolean componentBroke;

    /** The client has seen an orderly end. */
    boolean clientSawEnd;

    /** The client's connection was refused, reset or cut; why, else null. */
    @Nullable
    String clientFault;

    boolean connected;

    /** What the access log says; null = nothing (yet). */
    @Nullable
    FinishedRelay finished;

    Conversation(int number, Style style, int toSend, int toGet) {
        this.number = number;
        this.style = style;
        this.toSend = toSend;
        this.toGet = toGet;
    }

    /** Puts this many bytes of the request, from this place on. */
    void putRequest(ByteBuffer target, int place, int count) {
        for (int i = place; i < place + count; i++) {
            target.put(requestAt(i));
        }
    }

    byte requestAt(int place) {
        if (place >= HEAD) {
            return Patterns.request(number, place);
        } else if (place < 4) {
            return (byte) (number >> (8 * (3 - place)));
        }
        return place < 8 ? (byte) style.name().charAt(0) : (byte) (toGet >> (8 * (11 - place)));
    }

    /** What the answer has in all when nothing breaks, given what the component has got. */
    int answerLength() {
        return switch (style) {
            case ECHO -> Math.max(0, componentGot - HEAD);
            case DOWNLOAD -> toGet;
            case SINK -> 1;
            case HOLD, RESET -> 0;
        };
    }

    @Override
    public String toString() {
        return "connection " + number + " " + style + " of " + client + " " + opening + " (client sent " + clientSent
                + " of " + toSend
                + " got " + clientGot + (clientBroke ? " broke it" : "") + (clientSawEnd ? " saw the end" : "")
                + (clientFault == null ? "" : " fault " + clientFault) + ", component got " + componentGot + " sent "
                + componentSent + (componentBroke ? " broke it" : "") + ", log " + finished + ")";
    }
}
