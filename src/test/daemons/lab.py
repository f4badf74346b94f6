"""A network of machines: Lander at 10.77.0.5, two servers, two clients, each in a network namespace of its own.

No address is shared, so nothing works by luck as it does on one loopback. Closing it ends every program that it
started, and its namespaces with them.
"""

from __future__ import annotations

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
from typing import Any, Callable

PROJECT = pathlib.Path(__file__).resolve().parents[3]
LANDER = "10.77.0.5"
SERVERS = {"s1": "10.77.0.11", "s2": "10.77.0.12"}
CLIENTS = {"c1": "10.77.0.21", "c2": "10.77.0.22"}
CONTROL_PORT = 9988
ADMIN_PORT = 9989

REGISTER = """
import json, sys, time
sys.path.insert(0, sys.argv[1])
import lander
service = lander.register(sys.argv[2], int(sys.argv[3]), wait=10, **json.loads(sys.argv[4]))
print("registered", flush=True)
time.sleep(3600)
"""


class Lab:
    """The network, and a Lander with these options; `with` ends it. `folder` is for the programs' files."""

    def __init__(self, *options: str) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="lander-lab-")
        self.folder = pathlib.Path(self._temporary.name)
        # Daemons that leave root for a user of their own need to get there.
        self.folder.chmod(0o755)
        self._prefix = f"lander{os.getpid()}"
        self._namespaces: list[str] = []
        self._programs: list[subprocess.Popen[bytes]] = []
        try:
            self._lay_out({"lander": LANDER, **SERVERS, **CLIENTS})
            self._start_lander(options)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Lab:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        for program in reversed(self._programs):
            try:
                os.killpg(program.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            program.wait()
        for namespace in self._namespaces:
            # Daemons that have left their process group.
            left = subprocess.run(["ip", "netns", "pids", namespace], capture_output=True, text=True).stdout
            for pid in left.split():
                os.kill(int(pid), signal.SIGKILL)
            subprocess.run(["ip", "netns", "delete", namespace], check=False)
        self._temporary.cleanup()

    def start(self, machine: str, *command: Any, ready: str = "", environment: dict[str, str] | None = None) -> pathlib.Path:
        """Starts a program there; returns the file of its output, when that holds `ready`."""
        output = self.folder / f"output-{len(self._programs)}"
        with open(output, "wb") as file:
            program = subprocess.Popen(
                self._there(machine, command),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**os.environ, **(environment or {})},
            )
        self._programs.append(program)

        def said() -> bool:
            if program.poll() is not None and ready not in text(output):
                raise AssertionError(f"{command} ended: {text(output)}")
            return ready in text(output)

        until(said, lambda: f"{command} says '{ready}': {text(output)}")
        return output

    def run(self, machine: str, *command: Any, seconds: float = 30, check: bool = False) -> tuple[int, str]:
        """Runs a program there; returns its exit status, 124 after this many seconds, and all of its output."""
        done = subprocess.run(
            ["timeout", str(seconds), *self._there(machine, command)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        output = done.stdout.decode(errors="replace")
        if check and done.returncode != 0:
            raise AssertionError(f"{command} ended with {done.returncode}: {output}")
        return done.returncode, output

    def register(self, *, servers: tuple[str, ...] = ("s1", "s2"), **fields: Any) -> None:
        """Registers the service that has these fields at each server."""
        for server in servers:
            self.start(
                server,
                sys.executable,
                "-c",
                REGISTER,
                PROJECT / "clients",
                LANDER,
                CONTROL_PORT,
                json.dumps(fields),
                ready="registered",
            )

    def await_bound(self, machine: str, port: int, protocol: str = "udp") -> None:
        """Waits until something is bound to that port there."""
        flag = {"udp": "-lnuH", "tcp": "-lntH"}[protocol]
        until(
            lambda: f":{port} " in self.run(machine, "ss", flag)[1],
            lambda: f"{machine} serves {protocol} {port}: {self.run(machine, 'ss', flag)[1]}",
        )

    def status(self, relay_port: int) -> dict[str, dict[str, Any]]:
        """What Lander says of each server at that relay port, by the server's address."""
        answer = self.run("c1", "curl", "-fsS", f"http://{LANDER}:{ADMIN_PORT}/api/status", check=True)[1]
        services = [s for s in json.loads(answer)["services"] if s["relay_port"] == relay_port]
        return {c["host"]: c for service in services for c in service["components"]}

    def used(self, relay_port: int) -> int:
        """How many servers have been sent anything at that relay port."""
        return sum(component["total"] > 0 for component in self.status(relay_port).values())

    def _there(self, machine: str, command: tuple[Any, ...]) -> list[str]:
        return ["ip", "netns", "exec", f"{self._prefix}-{machine}", *map(str, command)]

    def _lay_out(self, machines: dict[str, str]) -> None:
        switch = self._add_namespace("switch")
        ip("-n", switch, "link", "add", "bridge", "type", "bridge")
        ip("-n", switch, "link", "set", "bridge", "up")
        for name, address in machines.items():
            there = self._add_namespace(name)
            ip("-n", switch, "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", there)
            ip("-n", switch, "link", "set", name, "master", "bridge", "up")
            ip("-n", there, "address", "add", f"{address}/24", "dev", "eth0")
            ip("-n", there, "link", "set", "lo", "up")
            ip("-n", there, "link", "set", "eth0", "up")

    def _add_namespace(self, name: str) -> str:
        namespace = f"{self._prefix}-{name}"
        ip("netns", "add", namespace)
        self._namespaces.append(namespace)
        return namespace

    def _start_lander(self, options: tuple[str, ...]) -> None:
        java = pathlib.Path(os.environ.get("JAVA_HOME", "/usr")) / "bin" / "java"
        jar = os.environ.get("LANDER_JAR", PROJECT / "target" / "lander.jar")
        self.log = self.start(
            "lander", java, "-jar", jar, "--admin", f"{LANDER}:{ADMIN_PORT}", *options, CONTROL_PORT, ready="control channel listening on"
        )


def allowed() -> bool:
    """Whether this machine lets the lab make namespaces."""
    made = subprocess.run(["unshare", "--net", "true"], capture_output=True)
    return os.geteuid() == 0 and made.returncode == 0


def ip(*command: str) -> None:
    subprocess.run(["ip", *command], check=True)


def text(file: pathlib.Path) -> str:
    return file.read_text(errors="replace")


def until(condition: Callable[[], bool], what: Callable[[], str], seconds: float = 20) -> None:
    """Waits for it, at most this long."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"did not happen within {seconds} s: {what()}")
        time.sleep(0.02)
