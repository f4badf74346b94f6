"""Python's msgpack: registers PORT behind RELAY_PORT at CONTROL_PORT, and answers the health checks."""

import socket
import sys

import msgpack

control_port, port, relay_port = map(int, sys.argv[1:])
control = socket.create_connection(("127.0.0.1", control_port))
unpacker = msgpack.Unpacker()


def send(message):
    control.sendall(msgpack.packb(message))


def read():
    while True:
        for message in unpacker:
            return message
        received = control.recv(4096)
        if not received:
            sys.exit()
        unpacker.feed(received)


send({"cmd": "register", "protocol": "tcp", "port": port, "relay_port": 70000})
print("refused:", read()["message"], flush=True)
send({"cmd": "register", "protocol": "tcp", "port": port, "relay_port": relay_port})
print("registered:", read()["error"], flush=True)
while True:
    message = read()
    if "cmd" not in message:  # a reply
        continue
    print("asked:", message["state"], flush=True)
    send({"cmd": "healthcheck", "protocol": "tcp", "port": relay_port, "state": "good"})
