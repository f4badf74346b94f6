"""A component that tells each client its name, once for each line; on UDP, with protocol=udp among the fields, ahead of each
datagram, which it sends back. Arguments: where the clients of Lander are, name, port, relay port, more fields as name=value
between commas, and the control channels, each ADDRESS:PORT, that it registers with.
SIGUSR1 unregisters it, SIGUSR2 drains it, SIGKILL is a death."""

import asyncio, signal, socket, sys, threading

sys.path.insert(0, sys.argv[1])
import lander

name, port, relay_port, more = sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
landers = [(each.rsplit(":", 1)[0].strip("[]"), int(each.rsplit(":", 1)[1])) for each in sys.argv[6:]]
family = socket.AF_INET6 if ":" in landers[0][0] else socket.AF_INET
fields = {field.split("=")[0]: field.split("=")[1] for field in more.split(",") if field}
fields = {key: int(value) if value.isdigit() else value for key, value in fields.items()}
protocol = fields.pop("protocol", "tcp")


async def serve(reader, writer):
    try:
        while await reader.readline():
            writer.write(name.encode() + b"\n")
            await writer.drain()
        writer.close()
    except OSError:
        writer.transport.abort()


class Datagrams(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, question, client):
        self.transport.sendto(name.encode() + b" " + question, client)


def said(what, done):
    threading.Thread(target=lambda: print(what, done(), flush=True), daemon=True).start()


async def main():
    every, loop = "::" if family == socket.AF_INET6 else "0.0.0.0", asyncio.get_running_loop()
    if protocol == "udp":
        await loop.create_datagram_endpoint(Datagrams, (every, port))
    else:
        await asyncio.start_server(serve, every, port, backlog=4096)
    registration = await asyncio.to_thread(
        lander.register,
        landers,
        protocol=protocol,
        port=port,
        relay_port=relay_port,
        name=name,
        wait=None,
        family=family,
        fields=fields,
    )
    while len(registration.registered) < len(landers):
        await asyncio.sleep(0.01)
    loop.add_signal_handler(signal.SIGUSR1, lambda: said("unregistered", registration.close))
    loop.add_signal_handler(signal.SIGUSR2, lambda: said("drained", lambda: registration.drain(60)))
    print("serves", flush=True)
    await loop.create_future()  # for ever


asyncio.run(main())
