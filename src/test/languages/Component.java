import java.io.IOException;
import java.net.Socket;
import java.util.Map;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.Value;
import org.msgpack.value.ValueFactory;

/** Java's msgpack-core: registers PORT behind RELAY_PORT at CONTROL_PORT, and answers the health checks. */
class Component {
    private final Socket control;
    private final MessageUnpacker messages;

    private Component(int controlPort) throws IOException {
        control = new Socket("127.0.0.1", controlPort);
        messages = MessagePack.newDefaultUnpacker(control.getInputStream());
    }

    public static void main(String[] ports) throws IOException {
        int port = Integer.parseInt(ports[1]);
        int relayPort = Integer.parseInt(ports[2]);
        Component component = new Component(Integer.parseInt(ports[0]));
        component.send(Map.of("cmd", "register", "protocol", "tcp", "port", port, "relay_port", 70_000));
        System.out.println("refused: " + component.read("message"));
        component.send(Map.of("cmd", "register", "protocol", "tcp", "port", port, "relay_port", relayPort));
        System.out.println("registered: " + component.read("error"));
        while (true) {
            Value state = component.read("state");
            if (state == null) { // a reply
                continue;
            }
            System.out.println("asked: " + state);
            component.send(Map.of("cmd", "healthcheck", "protocol", "tcp", "port", relayPort, "state", "good"));
        }
    }

    private void send(Map<String, Object> message) throws IOException {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packer.packMapHeader(message.size());
            for (Map.Entry<String, Object> field : message.entrySet()) {
                packer.packString(field.getKey());
                if (field.getValue() instanceof Integer number) {
                    packer.packInt(number);
                } else {
                    packer.packString(field.getValue().toString());
                }
            }
            control.getOutputStream().write(packer.toByteArray());
        }
    }

    private Value read(String field) throws IOException {
        if (!messages.hasNext()) {
            System.exit(0);
        }
        return messages.unpackValue().asMapValue().map().get(ValueFactory.newString(field));
    }
}
