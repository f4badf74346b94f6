package dev.lander.fault;

import dev.lander.testing.ControlPeer;
import dev.lander.testing.LanderProcess;
import dev.lander.testing.TcpServer;
import dev.lander.testing.UdpServer;
import java.io.IOException;
import java.net.Socket;
import org.msgpack.value.Value;
import org.msgpack.value.ValueFactory;

/** Two TCP and two UDP components that do what they should, over one control connection each, all the time. */
final class HonestComponents implements AutoCloseable {
    private final int tcpRelayPort;
    private final int udpRelayPort;
    private final ControlPeer operator;
    private final TcpServer[] tcp = {TcpServer.serving(this::serve), TcpServer.serving(this::serve)};
    private final UdpServer[] udp = {UdpServer.echo(), UdpServer.echo()};
    private final ControlPeer[] links = new ControlPeer[tcp.length + udp.length];

    /** Written by the test, read by the servers' threads. */
    private volatile Ledger ledger = new Ledger();

    HonestComponents(LanderProcess lander, int tcpRelayPort, int udpRelayPort) throws IOException {
        this.tcpRelayPort = tcpRelayPort;
        this.udpRelayPort = udpRelayPort;
        this.operator = lander.control();
        for (int i = 0; i < tcp.length; i++) {
            links[i] = lander.control();
            links[i].register("tcp", tcp[i].port(), tcpRelayPort);
        }
        for (int i = 0; i < udp.length; i++) {
            links[tcp.length + i] = lander.control();
            links[tcp.length + i].register("udp", udp[i].port(), udpRelayPort);
        }
    }

    int tcpRelayPort() {
        return tcpRelayPort;
    }

    int udpRelayPort() {
        return udpRelayPort;
    }

    /** What is served from now on is entered here. */
    void report(Ledger newLedger) {
        ledger = newLedger;
    }

    /** Whether Lander has no relay and no flow open, and nobody but these is registered. */
    boolean isQuiet() throws IOException {
        int components = 0;
        for (Value service : operator.status().asArrayValue()) {
            for (Value component : field(service, "components").asArrayValue()) {
                components++;
                if (field(component, "active").asIntegerValue().asInt() != 0) {
                    return false;
                }
            }
        }
        return components == links.length;
    }

    @Override
    public void close() throws IOException {
        for (ControlPeer link : links) {
            link.close();
        }
        for (TcpServer server : tcp) {
            server.close();
        }
        for (UdpServer server : udp) {
            server.close();
        }
        operator.close();
    }

    private void serve(Socket connection) throws IOException {
        Exchange exchange = Exchange.begin(connection);
        if (exchange.id() == 0) {
            return; // a client that does not know what it wants
        }
        Ledger present = ledger;
        present.taken(exchange.id());
        exchange.answer(connection);
        present.served(exchange.id());
        present.count("relays served by honest components");
    }

    private static Value field(Value map, String name) {
        Value value = map.asMapValue().map().get(ValueFactory.newString(name));
        if (value == null) {
            throw new AssertionError("no " + name + " in " + map);
        }
        return value;
    }
}
