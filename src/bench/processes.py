"""Children of the benchmark: started on their cores, bounded in life, and ended by their ids."""

from __future__ import annotations

import ctypes
import os
import pathlib
import resource
import signal
import socket
import subprocess
import tempfile
import time
from types import TracebackType
from typing import Callable, Sequence, Union

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
DESCRIPTORS = 20_000  # the hard limit of every relay
PATIENCE = 15.0  # seconds until something that should have happened counts as failed
PR_SET_PDEATHSIG = 1

Command = Sequence[Union[str, "os.PathLike[str]"]]

_libc = ctypes.CDLL(None)


class Failed(Exception):
    """A peer or generator did not do what it should; the message says which and what."""


class Child:
    """A running process with a log file of its own."""

    def __init__(self, name: str, process: subprocess.Popen[str], log: pathlib.Path) -> None:
        self.name = name
        self.process = process
        self.log = log

    def pids(self) -> list[int]:
        """Its own id and those of its children, such as nginx's worker."""
        pid = self.process.pid
        try:
            children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text()
        except OSError:
            return [pid]
        return [pid, *map(int, children.split())]

    def end(self) -> None:
        """Ends it and its children: asked first, after 3 s made to."""
        if self.process.poll() is not None:
            return
        children = self.pids()[1:]
        self.process.terminate()
        try:
            self.process.wait(3)
        except subprocess.TimeoutExpired:
            for pid in children:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            self.process.kill()
            self.process.wait()

    def complaint(self) -> str:
        """The first line of its log: programs that cannot start say why before all else."""
        return next(iter(self.log.read_text(errors="replace").splitlines()), "without a word")


class Lab:
    """Owns every child and a directory for their files; leaving it ends and removes all."""

    def __init__(self) -> None:
        self.cpus = sorted(os.sched_getaffinity(0))
        self.relay_cpus = self.cpus[-1:]
        self.other_cpus = self.cpus[:-1] or self.cpus
        self.children: list[Child] = []
        # Where relays are reached, and all else; and what starts a relay where it belongs. See network.py.
        self.relay_host = self.other_host = HOST
        self.relay_prefix: list[str] = []
        self._ports: set[int] = set()
        self._next_port = 10_000 + os.getpid() % 5_000
        self._directory = tempfile.TemporaryDirectory(prefix="lander-bench-")
        self.path = pathlib.Path(self._directory.name)

    def __enter__(self) -> Lab:
        os.sched_setaffinity(0, self.other_cpus)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A second Ctrl-C must not leave children behind.
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = [signal.signal(number, signal.SIG_IGN) for number in numbers]
        self.end(*self.children)
        self._directory.cleanup()
        os.sched_setaffinity(0, self.cpus)
        for number, handler in zip(numbers, before):
            signal.signal(number, handler)

    def start(
        self, name: str, command: Command, relay: bool = False, stdin: bool = False, host: str | None = None
    ) -> Child:
        """Starts it on its cores; standard output and error go to its log.

        Our own programs speak to `host`, or bind it; without, to where the relays are.
        """
        log = self.path / f"{len(list(self.path.iterdir()))}-{name.replace(' ', '-').replace('/', '-')}.log"
        cpus = ",".join(map(str, self.relay_cpus if relay else self.other_cpus))
        with open(log, "w") as out:
            process = subprocess.Popen(
                ["taskset", "-c", cpus, *(self.relay_prefix if relay else []), *command],
                stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                text=True,
                cwd=self.path,
                env={**os.environ, "BENCH_HOST": host or self.relay_host},
                start_new_session=True,  # Ctrl-C is for the benchmark, which ends the others
                preexec_fn=_in_child,
            )
        child = Child(name, process, log)
        self.children.append(child)
        return child

    def end(self, *children: Child) -> None:
        """Ends these, latest first."""
        for child in reversed(children):
            child.end()
        self.children = [child for child in self.children if child.process.poll() is None]

    def run(self, command: Command, seconds: float) -> str:
        """Runs a generator to its end, `seconds` at most, and returns what it printed."""
        child = self.start(pathlib.Path(command[0]).name, command)
        try:
            status = child.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failed(f"{child.name} did not end within {seconds:.0f} s") from None
        finally:
            self.end(child)
        output = child.log.read_text()
        child.log.unlink()
        if status != 0:
            raise Failed(f"{child.name} ended with status {status}: {output.strip()}")
        return output

    def free_ports(self, count: int) -> list[int]:
        """Ports below the ephemeral range that are free for TCP and UDP, never the same twice."""
        found: list[int] = []
        while len(found) < count:
            self._next_port += 1
            if self._next_port >= 32_000:
                self._next_port = 10_001
                self._ports.clear()
            if self._next_port not in self._ports and _is_free(self._next_port):
                self._ports.add(self._next_port)
                found.append(self._next_port)
        return found

    def free_port(self) -> int:
        """One of those."""
        return self.free_ports(1)[0]


def wait_until(ready: Callable[[], bool], what: str, child: Child | None = None) -> None:
    """Returns as soon as it is so; raises Failed when the child has ended or it takes too long."""
    give_up = time.monotonic() + PATIENCE
    while not ready():
        if child and child.process.poll() is not None:
            raise Failed(f"{child.name} has ended: {child.complaint()}")
        if time.monotonic() > give_up:
            raise Failed(f"{what} took more than {PATIENCE:.0f} s" + (f": {child.complaint()}" if child else ""))
        time.sleep(0.001)


def is_listening(port: int, protocol: str = "tcp") -> bool:
    """Whether a socket is bound there, as /proc/net has it: trying would be a connection too many."""
    wanted, state = f":{port:04X}", "0A" if protocol == "tcp" else "07"
    for table in (f"/proc/net/{protocol}", f"/proc/net/{protocol}6"):
        try:
            lines = pathlib.Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == state and fields[1].endswith(wanted):
                return True
    return False


def _is_free(port: int) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind == socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                return False
    return True


def _in_child() -> None:
    """Before exec: the limit of descriptors, and an end with the benchmark however that ends."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    limit = min(DESCRIPTORS, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
