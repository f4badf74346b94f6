package dev.lander.fault;

import dev.lander.testing.ControlPeer;
import dev.lander.testing.LanderProcess;
import dev.lander.testing.TcpServer;
import dev.lander.testing.UdpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.SplittableRandom;

/** Components and clients that do what they should not. */
final class Chaos {
    private final Actors actors;
    private final LanderProcess lander;
    private final HonestComponents honest;

    Chaos(Actors actors, LanderProcess lander, HonestComponents honest) {
        this.actors = actors;
        this.lander = lander;
        this.honest = honest;
    }

    void begin() {
        actors.add("component that dies", 2, random -> serveFor(random.nextInt(50, 1_500), this::answerOrBreak));
        actors.add("component that flaps", 1, random -> serveFor(random.nextInt(0, 30), this::answerOrBreak));
        actors.add("component that stalls", 1, random -> serveFor(2_000, connection -> actors.pause(1_000)));
        actors.add("component that resets", 1, random -> serveFor(1_000, Chaos::reset));
        actors.add("component that is not there", 1, this::registerNothing);
        actors.add("component that is bad at times", 1, this::reportBad);
        actors.add("udp component that dies", 1, this::echoForAWhile);
        actors.add("control peer that sends garbage", 2, this::sendGarbage);
    }

    void beginClients() {
        actors.add("client that hangs up", 2, this::hangUp);
        actors.add("client that says nothing", 1, random -> {
            try (Socket connection = connect()) {
                connection.setTcpNoDelay(true);
                actors.pause(300);
            }
        });
    }

    private void serveFor(int millis, TcpServer.Service service) throws IOException {
        try (TcpServer server = TcpServer.serving(service);
                ControlPeer control = lander.control()) {
            control.register("tcp", server.port(), honest.tcpRelayPort());
            actors.pause(millis);
        }
    }

    private void answerOrBreak(Socket connection) throws IOException {
        Exchange exchange = Exchange.begin(connection);
        if (exchange.id() % 3 == 0) { // and who does not know what it wants
            connection.getOutputStream().write(new byte[3]);
            return;
        }
        actors.pause((int) (exchange.id() % 50));
        exchange.answer(connection);
    }

    private static void reset(Socket connection) throws IOException {
        connection.setSoLinger(true, 0);
        connection.getInputStream().read();
    }

    /** Registers a port at which nobody listens. */
    private void registerNothing(SplittableRandom random) throws IOException {
        int port;
        try (TcpServer server = TcpServer.echo()) {
            port = server.port();
        }
        try (ControlPeer control = lander.control()) {
            control.register("tcp", port, honest.tcpRelayPort());
            actors.pause(random.nextInt(2_000));
        }
    }

    private void reportBad(SplittableRandom random) throws IOException {
        try (TcpServer server = TcpServer.serving(this::answerOrBreak);
                ControlPeer control = lander.control()) {
            control.register("tcp", server.port(), honest.tcpRelayPort());
            for (int i = 0; i < 20; i++) {
                control.report("tcp", honest.tcpRelayPort(), random.nextBoolean() ? "good" : "bad");
                actors.pause(random.nextInt(100));
            }
        }
    }

    private void echoForAWhile(SplittableRandom random) throws IOException {
        try (ControlPeer control = lander.control()) {
            try (UdpServer server = UdpServer.echo()) {
                control.register("udp", server.port(), honest.udpRelayPort());
                actors.pause(random.nextInt(1_000));
            }
            actors.pause(random.nextInt(50)); // it is dead, and Lander has not heard of it
        }
    }

    private void sendGarbage(SplittableRandom random) throws IOException {
        try (ControlPeer control = lander.control()) {
            byte[] garbage = new byte[random.nextInt(1, 3_000)];
            random.nextBytes(garbage);
            if (random.nextBoolean()) {
                control.ask("cmd", "register", "protocol", "tcp", "port", random.nextInt(), "relay_port", "x");
            }
            control.sendBytes(garbage);
            actors.pause(random.nextInt(50));
        }
    }

    private void hangUp(SplittableRandom random) throws IOException {
        try (Socket connection = connect()) {
            if (random.nextBoolean()) {
                connection.setSoLinger(true, 0);
            }
            connection.getOutputStream().write(new byte[random.nextInt(0, 100_000)]);
            actors.pause(random.nextInt(20));
        }
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), honest.tcpRelayPort());
    }
}
