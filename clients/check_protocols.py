"""Checks that speak a server's own protocol, as little of it as it takes to know that it serves.

Each of them ends the conversation in the way that the server logs least, and raises OSError or Unwell if the
server is not well. What each leaves in the logs and counters of real servers is in docs/traffic.md.
"""

from __future__ import annotations

import os
import re
import socket
import struct
import time

from check_target import Conversation, Target, Unwell, met_itself, proxy_header

# The user name when none is given; it need not exist.
NOBODY = "lander"

# Classes of PostgreSQL's errors that say "not now" (it starts or ends, is full, or broken) rather than "not you".
POSTGRES_NOT_NOW = ("53", "57", "58", "XX")

MYSQL_ACCESS_DENIED = (1045, 1044, 1698)
MYSQL_CAPABILITIES = 0x0200 | 0x8000 | 0x80000  # protocol 4.1, its authentication, and a name for the kind of it

DNS_ANSWERED = {0: "NOERROR", 3: "NXDOMAIN"}
DNS_ERRORS = {1: "FORMERR", 2: "SERVFAIL", 4: "NOTIMP", 5: "REFUSED"}


def tls(target: Target, name: str | None) -> None:
    """A server is well if it completes a TLS handshake, for `name` if one is given."""
    with Conversation(target) as conversation:
        conversation.encrypt(name)


def http(target: Target, url: str) -> None:
    """A server is well if it answers GET with 2xx or 3xx. `url`: /path, or //name/path for another Host than the address."""
    name, path = str(target), url
    if url.startswith("//"):
        name, slash, rest = url[2:].partition("/")
        path = slash + rest
    request = f"GET {path or '/'} HTTP/1.1\r\nHost: {name}\r\nUser-Agent: lander-agent\r\nConnection: close\r\n\r\n"
    with Conversation(target) as conversation:
        conversation.send(request.encode("utf-8"))
        status = conversation.line()
        if not re.match(rb"HTTP/1\.[01] [23]\d\d\b", status):
            raise Unwell(f"GET {path}: {_text(status)}")
        conversation.read_to_end()


def redis(target: Target, _: str | None) -> None:
    """A server is well if it answers PING, or wants a password for it."""
    with Conversation(target) as conversation:
        conversation.send(b"PING\r\n")
        answer = conversation.line()
        if not answer.startswith((b"+PONG", b"-NOAUTH", b"-NOPERM")):
            raise Unwell(f"PING: {_text(answer)}")


def smtp(target: Target, _: str | None) -> None:
    """A server is well if it greets with 220; the conversation ends with QUIT."""
    with Conversation(target) as conversation:
        _expect_smtp(conversation, b"220")
        conversation.send(b"QUIT\r\n")
        _expect_smtp(conversation, b"221")


def _expect_smtp(conversation: Conversation, code: bytes) -> None:
    for _ in range(100):
        line = conversation.line()
        if not line.startswith(code):
            raise Unwell(_text(line))
        if line[3:4] != b"-":
            return
    raise Unwell("an answer of more than 100 lines")


def postgres(target: Target, user: str | None) -> None:
    """A server is well if it asks for a password, lets in, or refuses this user; not if it starts, ends or is full."""
    words = f"user\0{user or NOBODY}\0database\0postgres\0application_name\0lander-agent\0\0".encode("utf-8")
    with Conversation(target) as conversation:
        conversation.send(struct.pack("!II", 8 + len(words), 3 << 16) + words)
        kind, size = struct.unpack("!cI", conversation.exactly(5))
        if kind not in (b"R", b"E") or not 8 <= size <= 65536:
            raise Unwell("what answers is not PostgreSQL")
        body = conversation.exactly(size - 4)
        if kind == b"E":
            fields = {field[:1]: field[1:] for field in body.split(b"\0") if field}
            if fields.get(b"C", b"XX").decode("ascii", "replace").startswith(POSTGRES_NOT_NOW):
                raise Unwell(_text(fields.get(b"M", b"an error without a message")))
        elif body == b"\0\0\0\0":  # it lets us in: say goodbye
            conversation.send(b"X\0\0\0\4")
            conversation.read_to_end()


def mysql(target: Target, user: str | None) -> None:
    """A server is well if it lets in, or denies access to this user.

    The server counts a connection that ends before this as an error of the address, and blocks the address
    after 100 of these in a row, as it takes the client for a broken one.
    """
    with Conversation(target) as conversation:
        greeting, number = _mysql_packet(conversation)
        if greeting[:1] != b"\x0a":
            raise Unwell("what answers is not MySQL")
        login = struct.pack("<IIB23x", MYSQL_CAPABILITIES, 1 << 24, 45)
        login += (user or NOBODY).encode("utf-8") + b"\0\0mysql_native_password\0"
        _send_mysql(conversation, number + 1, login)
        try:
            answer, number = _mysql_packet(conversation)
            if answer[:1] == b"\xfe":  # another kind of authentication is wanted: no password in that, either
                _send_mysql(conversation, number + 1, b"")
                answer, number = _mysql_packet(conversation)
        except _MysqlError as error:
            if error.code not in MYSQL_ACCESS_DENIED:
                raise
        else:
            if answer[:1] == b"\0":
                _send_mysql(conversation, 0, b"\1")  # COM_QUIT
                conversation.read_to_end()


class _MysqlError(Unwell):
    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{text} (error {code})")
        self.code = code


def _mysql_packet(conversation: Conversation) -> tuple[bytes, int]:
    """The next packet and its number. Unwell: it is an error."""
    header = conversation.exactly(4)
    size = int.from_bytes(header[:3], "little")
    if size > 65536:
        raise Unwell("what answers is not MySQL")
    body = conversation.exactly(size)
    if body[:1] == b"\xff":
        # Before the login the text follows at once, after it behind a # and five letters of state.
        text = body[9:] if body[3:4] == b"#" else body[3:]
        raise _MysqlError(int.from_bytes(body[1:3], "little"), _text(text))
    return body, header[3]


def _send_mysql(conversation: Conversation, number: int, body: bytes) -> None:
    conversation.send(struct.pack("<I", len(body) | number << 24) + body)


def dns(target: Target, name: str | None, protocol: str) -> None:
    """A server is well if it answers for `name`, even that there is no such name; without one, any answer.

    That question is of class CHAOS, which no server sends on to another.
    """
    number = os.urandom(2)
    question = dns_name(name) + b"\0\1\0\1" if name else dns_name("id.server") + b"\0\x10\0\3"
    query = number + b"\1\0\0\1\0\0\0\0\0\0" + question
    answer = (_ask_by_udp if protocol == "udp" else _ask_by_tcp)(target, query)
    if answer[:2] != number or len(answer) < 12 or not answer[2] & 0x80:
        raise Unwell("what answers is not a DNS server")
    code = answer[3] & 15
    if name and code not in DNS_ANSWERED:
        raise Unwell(f"{name}: {DNS_ERRORS.get(code, f'error {code}')}")


def _ask_by_tcp(target: Target, query: bytes) -> bytes:
    with Conversation(target) as conversation:
        conversation.send(struct.pack("!H", len(query)) + query)
        return conversation.exactly(int.from_bytes(conversation.exactly(2), "big"))


def _ask_by_udp(target: Target, query: bytes) -> bytes:
    """The first datagram that answers this query; others, as of a query long ago, are skipped."""
    deadline = time.monotonic() + target.timeout
    with socket.socket(target.family, socket.SOCK_DGRAM) as probe:
        probe.connect(target.socket_address(socket.SOCK_DGRAM))
        if met_itself(probe):
            raise ConnectionRefusedError("nobody listens there")
        header = proxy_header(target.proxy_protocol, probe) if target.proxy_protocol else b""
        probe.send(header + query)
        while True:
            probe.settimeout(max(0.001, deadline - time.monotonic()))
            answer = probe.recv(65535)
            if answer[:2] == query[:2]:
                return answer


def dns_name(name: str) -> bytes:
    """As it is in a message. ValueError: it can be none."""
    labels = [label.encode("idna") for label in name.rstrip(".").split(".")] if name != "." else []
    wire = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    if len(wire) > 255 or b"" in labels:
        raise ValueError(f"{name!r} is no name of DNS")
    return wire


def _text(data: bytes) -> str:
    """What a server said, for the log: one line without control characters."""
    return "".join(c if c.isprintable() else "?" for c in data.decode("utf-8", "replace"))[:200]
