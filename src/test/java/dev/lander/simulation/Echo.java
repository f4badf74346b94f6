package dev.lander.simulation;

import dev.lander.simulation.network.SimulatedSocketChannel;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;

/** A connection to a simulated component: each byte is answered, and the end by an end. */
final class Echo {
    private final SimulatedSocketChannel channel;
    private final ByteBuffer answers = ByteBuffer.allocate(16 * 1024).limit(0);
    private boolean ended;
    private boolean over;

    Echo(SimulatedSocketChannel channel) {
        this.channel = channel;
    }

    boolean isOver() {
        return over;
    }

    void proceed() throws IOException {
        try {
            while (!over && step()) {
                // there is more
            }
        } catch (IOException reset) {
            close();
        }
    }

    void reset() throws IOException {
        if (!over) {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            close();
        }
    }

    void close() throws IOException {
        over = true;
        channel.close();
    }

    private boolean step() throws IOException {
        if (answers.hasRemaining()) {
            return channel.write(answers) > 0;
        }
        if (ended) {
            channel.shutdownOutput();
            close();
            return false;
        }
        int count = channel.read(answers.clear());
        ended = count < 0;
        answers.flip();
        for (int i = 0; i < answers.limit(); i++) {
            answers.put(i, Patterns.answer(answers.get(i)));
        }
        return count != 0;
    }
}
