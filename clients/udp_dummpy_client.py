#!/usr/bin/env python3
"""A crowd of UDP requests out of one socket, each with a text of its own that an echo must bring back.

Nothing is sent twice: a datagram lost on the way is a failure. With servers started with --tag it also
counts who answered. Exit status 0 if all were answered, else 1.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import time

import arguments
import burst

BUFFER = 4 * 1024 * 1024  # for answers that come in a burst; the system may allow less


class Crowd:
    """The requests under way on one socket, by what their answers must end with."""

    def __init__(self, host: str, port: int, timeout: float) -> None:
        family, _, _, _, server = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self._socket.connect(server)
        self._timeout = timeout
        self._run = os.urandom(4).hex()  # tells this run's answers from an earlier one's
        self._waiting: dict[bytes, tuple[threading.Event, list[str]]] = {}
        self.tally = burst.Tally()
        threading.Thread(target=self._receive, daemon=True).start()

    def request(self, index: int) -> None:
        """Sends one datagram and waits for its answer."""
        payload = f"{self._run}-{index}".encode()
        answered = threading.Event()
        tags: list[str] = []
        self._waiting[payload] = answered, tags
        try:
            self._socket.send(payload)
        except OSError as error:  # also "connection refused": what an earlier datagram met with
            self.tally.failure(type(error).__name__)
            return
        if answered.wait(self._timeout):
            self.tally.success(tags[0])
        else:
            self.tally.failure("no answer")

    def _receive(self) -> None:
        while True:
            try:
                answer = self._socket.recv(65535)
            except OSError:
                continue  # a datagram met with "port unreachable"; its request runs out of time
            tag, _, payload = answer.rpartition(b" ")
            answered, tags = self._waiting.pop(payload, (None, None))
            if answered:
                tags.append(tag.decode(errors="replace"))
                answered.set()


def main() -> int:
    options = burst.parser("udp_dummpy_client.py", __doc__).parse_args()
    began = time.monotonic()
    try:
        crowd = Crowd(options.host, options.port, options.timeout)
    except (OSError, UnicodeError) as error:  # UnicodeError: no name of a host
        print(f"{arguments.address_text(options.host, options.port)}: {error}", file=sys.stderr)
        return 1
    burst.all_at_once(options.requests, crowd.request)
    return crowd.tally.report(time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(main())
