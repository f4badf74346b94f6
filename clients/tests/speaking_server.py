"""A server that says what a test wants, once to each connection, and remembers what it heard."""

from __future__ import annotations

import queue
import socket
import threading
from typing import Callable

from limited import PATIENCE


class Heard:
    """One connection as the server sees it."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.bytes = b""

    def say(self, data: bytes) -> None:
        self._connection.sendall(data)

    def hear(self, size: int) -> bytes:
        """The next so many bytes."""
        data = b""
        while len(data) < size and (more := self._connection.recv(size - len(data))):
            data += more
        self.bytes += data
        return data

    def hear_to_end(self) -> None:
        while data := self._connection.recv(65536):
            self.bytes += data


class SpeakingServer:
    """Listens on loopback until `close`. `script` gets each connection, which ends when it returns."""

    def __init__(self, script: Callable[[Heard], None]) -> None:
        self._script = script
        self._done: queue.SimpleQueue[Heard] = queue.SimpleQueue()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def heard(self) -> bytes:
        """All that the next connection to end has said."""
        return self._done.get(timeout=PATIENCE).bytes

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._accepting.join(PATIENCE)  # on a descriptor that is closed, it might accept for the next who gets that
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        heard = Heard(connection)
        with connection:
            connection.settimeout(PATIENCE)
            try:
                self._script(heard)
            except OSError:
                pass  # the client has ended it
        self._done.put(heard)
