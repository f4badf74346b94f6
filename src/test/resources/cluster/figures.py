"""Measures a cluster. Arguments: where the clients of Lander are, "serve" or "many", how many, and the three control
channels, each ADDRESS:PORT. "serve": registers a component at the first as often, each time at another relay port, and prints
the milliseconds until all three have served a client there. "many": registers so many components through the first two at
once, and prints the milliseconds until each Lander knows all of them."""

import socket, sys, threading, time

sys.path.insert(0, sys.argv[1])
import lander

count = int(sys.argv[3])
landers = [(each.rsplit(":", 1)[0], int(each.rsplit(":", 1)[1])) for each in sys.argv[4:]]
PORT, RELAY_PORT, SERVICES, LIMIT = 30000, 21000, 10, 30
CONNECTION, BATCH = 1000, 250  # registrations


def command(port, relay_port):
    return {"cmd": "register", "protocol": "tcp", "port": port, "relay_port": relay_port}


def answer_all(server):
    while True:
        client, _ = server.accept()
        client.sendall(b"one\n")
        client.close()


def await_served(address, relay_port):
    while True:
        try:
            with socket.create_connection((address, relay_port), LIMIT) as client:
                if client.recv(10):
                    return
        except ConnectionError:
            pass
        time.sleep(0.001)


def serve():
    server = socket.create_server(("0.0.0.0", PORT), backlog=100)
    threading.Thread(target=answer_all, args=(server,), daemon=True).start()
    with lander.Connection(landers[0]) as connection:
        for relay_port in range(RELAY_PORT, RELAY_PORT + count):
            ends = [0.0] * len(landers)

            def wait(which):
                await_served(landers[which][0], relay_port)
                ends[which] = time.monotonic()

            threads = [threading.Thread(target=wait, args=(i,)) for i in range(len(landers))]
            for thread in threads:
                thread.start()
            time.sleep(0.02)
            begin = time.monotonic()
            connection.ask(command(PORT, relay_port))
            for thread in threads:
                thread.join(LIMIT)
            print("served", round((max(ends) - begin) * 1000, 1), flush=True)


def register(connection, ports):
    for at in range(0, len(ports), BATCH):
        commands = [command(port, RELAY_PORT + port % SERVICES) for port in ports[at : at + BATCH]]
        for reply in connection.send(*commands):
            answer = connection.receive_reply(reply)
            assert answer["error"] == 0, answer


def known(watcher):
    members = watcher.ask({"cmd": "status", "relay_port": 1})["members"]
    return sum(member["holds"] for member in members)


def many():
    ports = range(PORT, PORT + count)
    parts = [ports[at : at + min(CONNECTION, count // 2)] for at in range(0, count, min(CONNECTION, count // 2))]
    connections = [lander.Connection(landers[i % 2]) for i in range(len(parts))]
    watchers = [lander.Connection(address) for address in landers]
    assert all(known(watcher) == 0 for watcher in watchers)  # who says nothing for long is closed
    threads = [threading.Thread(target=register, args=each) for each in zip(connections, parts)]
    begin = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
    print("registered", round((time.monotonic() - begin) * 1000), flush=True)
    while not all(known(watcher) == count for watcher in watchers):
        assert time.monotonic() < begin + LIMIT, [known(watcher) for watcher in watchers]
        time.sleep(0.03)
    print("agreed", round((time.monotonic() - begin) * 1000), flush=True)
    said = [
        [(service["relay_port"], component["port"], component["state"])
            for service in lander.status(*address)["services"] for component in service["components"]]
        for address in landers
    ]
    assert all(len(one) == count and sorted(one) == sorted(said[0]) for one in said)
    print("same", flush=True)


serve() if sys.argv[2] == "serve" else many()
