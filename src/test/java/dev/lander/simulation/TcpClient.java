package dev.lander.simulation;

import dev.lander.simulation.network.SimulatedSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A TCP client that makes one connection after the other, and checks every byte of every answer. */
final class TcpClient extends Actor {
    private static final int MOST_BYTES = 150_000;
    private static final int CHUNK = 20_000;
    private static final long MOST_PAUSE_NS = 400_000_000L;

    private final InetSocketAddress relay;
    private final int id;
    private @Nullable SimulatedSocketChannel channel;
    private boolean connected;
    private boolean stopped;
    private int toSend;
    private int sent;
    private int received;

    /** It resets the connection when it has sent this much; negative = it does not. */
    private int resetsAt;

    /** Connections that have ended as they should, and those that were refused, reset or cut short. */
    private int completed;

    private int failed;

    TcpClient(World world, String name, int id, InetSocketAddress relay) {
        super(world, name);
        this.id = id;
        this.relay = relay;
    }

    int completed() {
        return completed;
    }

    int failed() {
        return failed;
    }

    /** Makes no more connections. */
    void stop() {
        stopped = true;
    }

    boolean isIdle() {
        return channel == null;
    }

    void begin() throws IOException {
        if (stopped) {
            return;
        }
        toSend = random.nextInt(3) == 0 ? random.nextInt(50) : random.nextInt(MOST_BYTES);
        sent = 0;
        received = 0;
        resetsAt = random.nextInt(8) == 0 ? random.nextInt(toSend + 1) : -1;
        SimulatedSocketChannel opened = (SimulatedSocketChannel) sockets.openSocketChannel();
        opened.watch(this::wake);
        channel = opened;
        tell("connects, to send " + toSend);
        connected = opened.connect(relay);
    }

    @Override
    void act() throws IOException {
        SimulatedSocketChannel open = channel;
        if (open == null) {
            return;
        }
        try {
            if (!connected && !open.finishConnect()) {
                return;
            }
            connected = true;
            send(open);
            if (channel != null) {
                receive(open);
            }
        } catch (IOException fault) {
            tell("is cut off after " + received + " of " + toSend + ": " + fault.getMessage());
            failed++;
            end(open);
        }
    }

    private void send(SimulatedSocketChannel open) throws IOException {
        if (resetsAt >= 0 && sent >= resetsAt) {
            tell("resets after " + sent);
            open.setOption(StandardSocketOptions.SO_LINGER, 0);
            end(open);
            return;
        }
        if (sent == toSend) {
            return;
        }
        int length = Math.min(toSend - sent, random.nextInt(CHUNK) + 1);
        ByteBuffer chunk = ByteBuffer.allocate(length);
        for (int i = 0; i < length; i++) {
            chunk.put(i, Patterns.request(id, sent + i));
        }
        sent += open.write(chunk);
        if (sent == toSend) {
            open.shutdownOutput();
        } else {
            wake();
        }
    }

    private void receive(SimulatedSocketChannel open) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(random.nextInt(CHUNK) + 1);
        for (int count = open.read(buffer); count != 0; count = open.read(buffer.clear())) {
            if (count < 0) {
                onEnd(open);
                return;
            }
            for (int i = 0; i < count; i++) {
                if (buffer.get(i) != Patterns.answer(Patterns.request(id, received + i))) {
                    world.violated(this, "every byte comes in its order: it is wrong at " + (received + i));
                }
            }
            received += count;
        }
    }

    private void onEnd(SimulatedSocketChannel open) throws IOException {
        if (received == toSend && sent == toSend) {
            completed++;
        } else {
            tell("gets " + received + " of " + toSend);
            failed++;
            if (received > 0 && !world.hasCrashes()) {
                world.violated(this, "what a component has answered is delivered before the end");
            }
        }
        end(open);
    }

    private void end(SimulatedSocketChannel open) throws IOException {
        open.close();
        channel = null;
        connected = false;
        world.after(random.nextLong(MOST_PAUSE_NS), () -> {
            try {
                begin();
            } catch (IOException fault) {
                throw new IllegalStateException(fault);
            }
        });
    }
}
