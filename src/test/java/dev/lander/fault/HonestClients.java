package dev.lander.fault;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Clients that do what they should. */
final class HonestClients {
    static final String CORRUPT = "relays with wrong bytes";
    static final String MIXED_UP = "datagrams answered wrongly";

    private static final int TIMEOUT_MS = 15_000;
    private static final int UDP_TIMEOUT_MS = 500;

    private final Actors actors;
    private final Ledger ledger;
    private final HonestComponents components;

    HonestClients(Actors actors, Ledger ledger, HonestComponents components) {
        this.actors = actors;
        this.ledger = ledger;
        this.components = components;
    }

    void begin() {
        actors.add("honest tcp client", 24, this::exchange);
        actors.add("honest udp client", 2, this::ping);
    }

    private void exchange(SplittableRandom random) {
        Exchange exchange = Exchange.random(ledger.nextId(), random);
        try (Socket connection = new Socket(InetAddress.getLoopbackAddress(), components.tcpRelayPort())) {
            connection.setSoTimeout(TIMEOUT_MS);
            exchange.ask(connection);
            ledger.count("relays completed at honest clients");
        } catch (Exchange.Corrupt corrupt) {
            ledger.count(CORRUPT);
            ledger.failed(exchange.id(), corrupt.toString());
        } catch (IOException cut) {
            ledger.count("relays cut, by a component that misbehaves");
            ledger.failed(exchange.id(), cut.toString());
        }
    }

    /** Some datagrams from one socket, each awaited before the next. */
    private void ping(SplittableRandom random) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(UDP_TIMEOUT_MS);
            socket.connect(InetAddress.getLoopbackAddress(), components.udpRelayPort());
            for (int i = 0; i < 20; i++) {
                byte[] request = new byte[Long.BYTES + random.nextInt(3_000)];
                random.nextBytes(request);
                ByteBuffer.wrap(request).putLong(ledger.nextId());
                socket.send(new DatagramPacket(request, request.length));
                DatagramPacket answer = new DatagramPacket(new byte[65_535], 65_535);
                try {
                    socket.receive(answer);
                } catch (SocketTimeoutException lost) {
                    ledger.count("datagrams lost, with a component that died");
                    return; // what comes late would be taken for the next answer
                }
                boolean same = Arrays.equals(request, Arrays.copyOf(answer.getData(), answer.getLength()));
                ledger.count(same ? "datagrams answered rightly" : MIXED_UP);
            }
        }
    }
}
