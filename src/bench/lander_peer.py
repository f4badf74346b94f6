"""Lander as a peer: the program as its users start it, and a component's side of the control channel."""

from __future__ import annotations

import pathlib
import queue
import socket
import subprocess
import threading
from dataclasses import dataclass
from typing import Callable, Iterable

import msgpack

from peers import Peer, Relay, Service, started
from processes import PATIENCE, ROOT, Child, Failed, Lab, wait_until

JAR = ROOT / "target/lander.jar"
READY = "control channel listening on"


def java() -> str:
    """The java program of the JDK that Lander is built with; JAVA_HOME names another. Raises Failed without any."""
    found = subprocess.run([ROOT / "src/build/jdk"], capture_output=True, text=True)
    if found.returncode != 0:
        raise Failed("there is no JDK")
    return f"{found.stdout.strip()}/bin/java"


class Control:
    """A control connection that registers many services and reads, but does not answer, what Lander asks.

    So Lander judges its components by the connection and their traffic alone.
    """

    def __init__(self, host: str, port: int) -> None:
        self._socket = socket.create_connection((host, port), PATIENCE)
        self._socket.settimeout(None)
        self._replies: queue.SimpleQueue[dict[str, object]] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def register(self, services: Iterable[Service], responses: int | None = None, server_name: str = "") -> None:
        """Registers every backend of every service, for all or who asks for the name. Raises Failed when one is refused."""
        expected = 0
        for service in services:
            for port in service.backends:
                message = {"cmd": "register", "protocol": service.protocol, "port": port, "relay_port": service.port}
                if responses is not None:
                    message["responses"] = responses
                if server_name:
                    message["server_names"] = [server_name]
                self._socket.sendall(msgpack.packb(message))
                expected += 1
        for _ in range(expected):
            try:
                reply = self._replies.get(timeout=PATIENCE)
            except queue.Empty:
                raise Failed("Lander does not answer a register") from None
            if reply.get("error") != 0:
                raise Failed(f"Lander refuses: {reply}")

    def _read(self) -> None:
        unpacker = msgpack.Unpacker()
        try:
            while data := self._socket.recv(65_536):
                unpacker.feed(data)
                for message in unpacker:
                    if "cmd" not in message:
                        self._replies.put(message)
        except OSError:
            pass  # closed

    def close(self) -> None:
        """Ends all its registrations."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # Lander was first
        self._socket.close()


class LanderRelay(Relay):
    """A Lander with one or more services, and whatever else was put to it."""

    def __init__(self, service: Service, child: Child, control: Control) -> None:
        super().__init__(service.port, child)
        self.service = service
        self.control = control
        self.others: list[Child] = []

    def end(self, lab: Lab) -> None:
        lab.end(*self.others)
        self.control.close()
        super().end(lab)


@dataclass(frozen=True)
class LanderPeer(Peer):
    """Lander, and how the same is made of another jar, under another name."""

    of_jar: Callable[[str, pathlib.Path], Peer]


def start_process(lab: Lab, options: Iterable[str] = (), jar: pathlib.Path = JAR) -> tuple[Child, int]:
    """Starts the jar; returns as soon as it says that it is ready, with the control channel's port."""
    control_port = lab.free_port()
    command = [java(), "-jar", str(jar), "--bind", lab.relay_host, *options, str(control_port)]
    child = lab.start("Lander", command, relay=True)
    wait_until(lambda: READY in child.log.read_text(), "the start of Lander", child)
    return child, control_port


def lander(
    name: str = "Lander",
    options: tuple[str, ...] = (),
    responses: int | None = None,
    more: Callable[[Lab, LanderRelay], None] | None = None,
    jar: pathlib.Path = JAR,
    server_name: str = "",
) -> LanderPeer:
    """Lander with options and what its components declare; `more` is done to it once it serves.

    With a server name those who ask for it are told from all others, who have the same components.
    """

    def start(lab: Lab, service: Service) -> Relay:
        child, control_port = start_process(lab, options, jar)
        control = Control(lab.relay_host, control_port)
        control.register([service], responses)
        if server_name:
            control.register([service], responses, server_name)
        relay = LanderRelay(service, child, control)
        if more:
            more(lab, relay)
        return relay

    return LanderPeer(name, start, _missing, lambda name, jar: lander(name, options, responses, more, jar, server_name))


def starting(name: str = "Lander", jar: pathlib.Path = JAR) -> LanderPeer:
    """Lander without any registration; the service's port is its control channel's."""

    def start(lab: Lab, service: Service) -> Relay:
        return started(lab, "Lander", service, [java(), "-jar", jar, "--bind", lab.relay_host, str(service.port)])

    return LanderPeer(name, start, _missing, starting)


def _missing() -> str:
    if not JAR.exists():
        return "target/lander.jar is not built"
    try:
        java()
    except Failed as failure:
        return str(failure)
    return ""
