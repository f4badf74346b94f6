#!/usr/bin/env python3
"""A UDP echo server that registers itself at Lander, and prints how much it echoed when it ends."""

from __future__ import annotations

import itertools
import socket
import sys

import arguments
import component

RECEIVE_BUFFER = 4 * 1024 * 1024  # a burst waits here; the system may allow less
LARGEST_DATAGRAM = 65535


def listen(host: str, port: int) -> socket.socket:
    server = socket.socket(component.family(host), socket.SOCK_DGRAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    server.bind((host, port))
    return server


def echo(server: socket.socket, tag: bytes, echoed: itertools.count[int]) -> None:
    """Answers for ever. One datagram that cannot be sent back is its sender's trouble, not the others'."""
    while True:
        try:
            datagram, client = server.recvfrom(LARGEST_DATAGRAM)
            server.sendto(tag + datagram, client)
            next(echoed)
        except OSError as error:
            print(error, file=sys.stderr)


def main() -> int:
    parser = component.parser("udp_server.py", __doc__)
    parser.add_argument("--tag", action="store_true", help="begin each answer with the port and a space")
    parser.add_argument("--responses", type=int, metavar="N", help="tell Lander that N datagrams answer each")
    options = parser.parse_args()
    try:
        server = listen(options.host, options.port)
    except OSError as error:
        print(f"cannot listen at {arguments.address_text(options.host, options.port)}: {error}", file=sys.stderr)
        return 1
    echoed = itertools.count()
    tag = f"{options.port} ".encode() if options.tag else b""
    status = component.serve(
        options, "udp", lambda: echo(server, tag, echoed), responses=options.responses
    )
    print(f"echoed {next(echoed)} datagrams")
    return status


if __name__ == "__main__":
    sys.exit(main())
