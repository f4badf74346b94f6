package dev.lander.simulation.network;

import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectionKey;

/** A channel's registration with a simulated selector. */
final class SimulatedKey extends AbstractSelectionKey {
    private final SimulatedSelector selector;
    private final SelectableChannel channel;
    private final SimulatedChannel simulated;

    /** Of its selector's keys, in the order in which they came. */
    private final long number;

    private int interestOps;
    private int announcedOps;
    private int readyOps;

    SimulatedKey(SimulatedSelector selector, SelectableChannel channel, long number, int interestOps) {
        this.selector = selector;
        this.channel = channel;
        this.simulated = (SimulatedChannel) channel;
        this.number = number;
        this.interestOps = checked(interestOps);
    }

    long number() {
        return number;
    }

    @Override
    public SelectableChannel channel() {
        return channel;
    }

    @Override
    public Selector selector() {
        return selector;
    }

    @Override
    public int interestOps() {
        ensureValid();
        return interestOps;
    }

    @Override
    public SelectionKey interestOps(int ops) {
        ensureValid();
        interestOps = checked(ops);
        selector.suspect(this);
        return this;
    }

    @Override
    public int readyOps() {
        ensureValid();
        return readyOps;
    }

    /** What it is ready for when a select returns. */
    void announce(int ops) {
        announcedOps = ops;
        readyOps = ops & interestOps;
    }

    /**
     * Whether it is ready for what the program still wants: what was handled before it may have changed that. A key
     * that was cancelled meanwhile keeps its turn.
     */
    boolean isStillReady() {
        readyOps = announcedOps & interestOps;
        return readyOps != 0;
    }

    SimulatedChannel simulated() {
        return simulated;
    }

    private int checked(int ops) {
        if ((ops & ~channel.validOps()) != 0) {
            throw new IllegalArgumentException("no such operation: " + ops);
        }
        return ops;
    }

    private void ensureValid() {
        if (!isValid()) {
            throw new CancelledKeyException();
        }
    }
}
