"""A balancer that does what a test says: a real TCP server with Lander's wire format, and no relays."""

from __future__ import annotations

import contextlib
import os
import queue
import socket
import ssl
import sys
import threading
import time
from typing import Any, Callable

import msgpack

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import lander
from limited import PATIENCE

Message = dict[str, Any]


def accept_all(message: Message) -> Message | None:
    return {"error": 0}


class ScriptedBalancer:
    """Takes connections and answers every command by `answer`; what came can be looked at in order.

    `answer` may be replaced at any time. A None that it returns is no answer at all. What is answered and not kept is
    the state that a component tells once more after a silence, to hear whether it is still registered: on a slow
    machine it may come in the middle of any test.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        byte_by_byte: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.answer: Callable[[Message], Message | None] = accept_all
        self._byte_by_byte = byte_by_byte
        self._tls = tls
        self._received: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._connected: queue.SimpleQueue[socket.socket] = queue.SimpleQueue()
        self._ended: queue.SimpleQueue[socket.socket] = queue.SimpleQueue()
        self._connections: list[socket.socket] = []
        self._checks = threading.Semaphore(0)  # those that are pushed and not answered
        self._listener = listen(host, port)
        self.host, self.port = host, self._listener.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    @property
    def address(self) -> tuple[str, int]:
        return self.host, self.port

    def expect(self, cmd: str) -> Message:
        """The next message, which must be of this kind."""
        message = self.next_message()
        if message["cmd"] != cmd:
            raise AssertionError(f"expected {cmd}, got {message}")
        return message

    def next_message(self) -> Message:
        return self._soon(self._received, "a message")

    def expect_connection(self) -> None:
        self._soon(self._connected, "a connection")

    def expect_end(self) -> None:
        """Waits for the component to close a connection."""
        self._soon(self._ended, "the end of a connection")

    def heard_nothing(self) -> bool:
        """Whether nothing has come that the test has not looked at."""
        return self._received.empty()

    def push(self, message: Message) -> None:
        """Sends a message of the balancer's own over the newest connection."""
        self.push_bytes(msgpack.packb(message))

    def push_bytes(self, data: bytes) -> None:
        for _ in range(data.count(b"healthcheck")):
            self._checks.release()
        self._send(self._connections[-1], data)

    def drop_connections(self) -> None:
        for connection in self._connections:
            _shut(connection)
        self._connections.clear()

    def close(self) -> None:
        _shut(self._listener)
        self._accepting.join(PATIENCE)  # on a descriptor that is closed, it might accept for the next who gets that
        self._listener.close()
        self.drop_connections()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return  # closed
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls:
                try:
                    # One thread reads and others push; in lander.py it is made for that.
                    connection = lander._TlsSocket(self._tls.wrap_socket(connection, server_side=True))
                except OSError:
                    self._ended.put(connection)
                    continue
            self._connections.append(connection)
            self._connected.put(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        unpacker = msgpack.Unpacker()
        state = "good"
        with contextlib.closing(connection):
            try:
                while data := connection.recv(4096):
                    unpacker.feed(data)
                    for message in unpacker:
                        reply = self.answer(message)
                        if reply is not None:
                            self._send(connection, msgpack.packb(reply))
                        if isinstance(message, dict) and message["cmd"] == "healthcheck":
                            is_repeated, state = message["state"] == state, message["state"]
                            is_answer = self._checks.acquire(blocking=False)
                            if is_repeated and not is_answer:
                                continue
                        self._received.put(message)
            except (OSError, ValueError):
                pass  # reset, or no messages at all: an end as good as any
            self._ended.put(connection)

    def _send(self, connection: socket.socket, data: bytes) -> None:
        if not self._byte_by_byte:
            connection.sendall(data)
            return
        for value in data:
            connection.sendall(bytes([value]))
            time.sleep(0.0005)  # so that each byte has a segment, and mostly a read, of its own

    @staticmethod
    def _soon(waiting: queue.SimpleQueue, what: str) -> Any:
        try:
            return waiting.get(timeout=PATIENCE)
        except queue.Empty:
            raise AssertionError(f"{what} did not come within {PATIENCE:g} s") from None


def listen(host: str, port: int = 0) -> socket.socket:
    """A TCP server at an address; one of IPv6 may have its interface behind it: fe80::1%eth0."""
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


def _shut(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # not connected any more
