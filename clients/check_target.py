"""What a check of agent.py is about: the server's address, and a conversation with it that has an end."""

from __future__ import annotations

import dataclasses
import socket
import ssl
import struct
import time
from typing import Any

import arguments

V2_SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"

# How long to wait for the other side's part in an orderly end, of which nothing depends.
GOODBYE_WAIT = 0.2


class Unwell(Exception):
    """The server answers, but not as one that is well: the text says how."""


@dataclasses.dataclass(frozen=True)
class Target:
    """A server, how long a check of it may take (seconds), and the PROXY header that it wants (v1, v2, v2-each)."""

    host: str
    port: int
    family: int
    timeout: float
    proxy_protocol: str | None = None

    def __str__(self) -> str:
        return arguments.address_text(self.host, self.port)

    def socket_address(self, kind: socket.SocketKind) -> Any:
        """As `connect` takes it: with the interface of fe80::1%eth0. OSError: a name that is not known."""
        return socket.getaddrinfo(self.host, self.port, self.family, kind)[0][4]


class Conversation:
    """A TCP connection to the server. All of it together takes the target's timeout at most.

    Each call may raise OSError, and Unwell when the server closes or says too much.
    """

    def __init__(self, target: Target) -> None:
        """Connects, and sends the PROXY header if the target wants one."""
        self._deadline = time.monotonic() + target.timeout
        self._unread = b""
        self._socket = socket.socket(target.family, socket.SOCK_STREAM)
        try:
            self._socket.settimeout(target.timeout)
            self._socket.connect(target.socket_address(socket.SOCK_STREAM))
            if met_itself(self._socket):
                raise ConnectionRefusedError("nobody listens there")
            if target.proxy_protocol:
                self.send(proxy_header(target.proxy_protocol, self._socket))
        except BaseException:
            self._socket.close()
            raise

    def send(self, data: bytes) -> None:
        self._limit()
        self._socket.sendall(data)

    def exactly(self, size: int) -> bytes:
        """The next `size` bytes."""
        while len(self._unread) < size:
            self._receive()
        data, self._unread = self._unread[:size], self._unread[size:]
        return data

    def line(self, limit: int = 1024) -> bytes:
        """The next line, without its end."""
        while b"\n" not in self._unread:
            if len(self._unread) > limit:
                raise Unwell(f"a line of more than {limit} bytes")
            self._receive()
        data, _, self._unread = self._unread.partition(b"\n")
        return data.rstrip(b"\r")

    def read_to_end(self, limit: int = 65536) -> None:
        """Takes in what is still coming, or some of it, so that an end of ours is no reset."""
        self._deadline = min(self._deadline, time.monotonic() + GOODBYE_WAIT)
        try:
            while limit > 0:
                self._unread = b""
                self._receive()
                limit -= len(self._unread)
        except (OSError, Unwell):
            pass  # that was the end, or it takes long

    def encrypt(self, name: str | None) -> None:
        """A TLS handshake that asks for `name`, and trusts everybody: the server is this machine's."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self._limit()
        self._socket = context.wrap_socket(self._socket, server_hostname=name)

    def close(self) -> None:
        try:
            if isinstance(self._socket, ssl.SSLSocket):
                self._socket.settimeout(GOODBYE_WAIT)
                self._socket.unwrap()
        except (OSError, ValueError):
            pass  # it did not wait for a goodbye
        self._socket.close()

    def _receive(self) -> None:
        self._limit()
        data = self._socket.recv(16384)
        if not data:
            raise Unwell("it closed the connection")
        self._unread += data

    def _limit(self) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise socket.timeout("timed out")
        self._socket.settimeout(left)

    def __enter__(self) -> Conversation:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def proxy_header(version: str, probe: socket.socket) -> bytes:
    """What a server that wants a PROXY header gets ahead of a check: that this is nobody's connection but ours.

    Version 2 has a word for that, LOCAL, which all take on TCP. Elsewhere some do not, so that the header names
    the connection's own two addresses.
    """
    (here, here_port), (there, there_port) = probe.getsockname()[:2], probe.getpeername()[:2]
    here, there = here.partition("%")[0], there.partition("%")[0]
    six, datagrams = probe.family == socket.AF_INET6, probe.type == socket.SOCK_DGRAM
    if version == "v1":
        return f"PROXY TCP{6 if six else 4} {here} {there} {here_port} {there_port}\r\n".encode("ascii")
    if not datagrams:
        return V2_SIGNATURE + b"\x20\0\0\0"
    addresses = b"".join(socket.inet_pton(probe.family, address) for address in (here, there))
    addresses += struct.pack("!HH", here_port, there_port)
    return V2_SIGNATURE + struct.pack("!BBH", 0x21, 0x22 if six else 0x12, len(addresses)) + addresses


def met_itself(probe: socket.socket) -> bool:
    """A probe whose own port happens to be the absent server's reaches itself."""
    return probe.getsockname() == probe.getpeername()
