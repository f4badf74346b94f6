package dev.lander.registry;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** A control connection that writes down what it is told. */
final class RecordingLink implements Link {
    private final InetAddress address;
    final List<Component> answered = new ArrayList<>();
    final List<Component> takenOver = new ArrayList<>();
    final List<Component> slowStarts = new ArrayList<>();
    final List<Component> draining = new ArrayList<>();

    private RecordingLink(InetAddress address) {
        this.address = address;
    }

    /** From this literal address. */
    static RecordingLink from(String address) {
        return new RecordingLink(address(address));
    }

    /** The literal address. */
    static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException notLiteral) {
            throw new IllegalArgumentException(text, notLiteral);
        }
    }

    @Override
    public InetAddress address() {
        return address;
    }

    @Override
    public void onRegistered(Component component) {}

    @Override
    public void onAnswered(Component component) {
        answered.add(component);
    }

    @Override
    public void onLeft(Component component) {}

    @Override
    public void onTakenOver(Component component) {
        takenOver.add(component);
    }

    @Override
    public void onSlowStart(Component component) {
        slowStarts.add(component);
    }

    @Override
    public void onDraining(Component component) {
        draining.add(component);
    }
}
