"""Generators: each does its work for a number of seconds and returns what came of it.

All give `units` (right answers), `seconds`, `wrong` and `lost`; some give more.
"""

from __future__ import annotations

import json
import subprocess
import time
from typing import Callable

from backends import BODY
from figures import Sample
from processes import ROOT, Child, Failed, Lab, wait_until

SOURCES = ROOT / "src/bench/c"
PROGRAMS = ROOT / "target/bench"
SPARE = 40.0  # seconds that a generator may take beyond its time: then it hangs

CONNECTIONS = 64  # of keep-alive
AT_ONCE = 32  # connections of one request each that are open at a time
UDP_SOCKETS = 64
PING_BYTES = 64
STREAM_RATE = 1_000  # MiB/s
BURST = 10_000
NAME = "shop.example.com"  # whom TLS clients ask for

Generator = Callable[[Lab, int, float], Sample]


def compile_programs() -> None:
    """Compiles what is older than its source. Raises Failed when it cannot."""
    PROGRAMS.mkdir(parents=True, exist_ok=True)
    common = (SOURCES / "common.h").stat().st_mtime
    for source in sorted(SOURCES.glob("*.c")):
        program = PROGRAMS / source.stem
        if program.exists() and program.stat().st_mtime > max(common, source.stat().st_mtime):
            continue
        command = ["gcc", "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-o", str(program), str(source)]
        try:
            done = subprocess.run(command, capture_output=True, text=True)
        except FileNotFoundError:
            raise Failed("gcc is missing, which compiles the generators") from None
        if done.returncode != 0:
            raise Failed(f"gcc: {done.stderr}")


def _own(lab: Lab, program: str, port: int, seconds: float, *arguments: object) -> Sample:
    command = [str(PROGRAMS / program), str(port), str(seconds), *map(str, arguments)]
    sample: Sample = json.loads(lab.run(command, seconds + SPARE))
    return sample


def keepalive(lab: Lab, port: int, seconds: float) -> Sample:
    """HTTP requests over open connections, by wrk, whose script compares the answers; whole seconds."""
    duration = f"{max(1, round(seconds))}s"
    url = f"http://{lab.relay_host}:{port}/"
    script = SOURCES.parent / "check.lua"
    output = lab.run(["wrk", "-t1", f"-c{CONNECTIONS}", "-d", duration, "-s", str(script), url, "--", BODY], seconds + SPARE)
    sample: Sample = json.loads(output[output.index("{") :])
    return sample


def requests(lab: Lab, port: int, seconds: float) -> Sample:
    """HTTP requests, a connection for each."""
    return _own(lab, "requests", port, seconds, AT_ONCE, BODY)


def hellos(lab: Lab, port: int, seconds: float) -> Sample:
    """The ClientHello of a TLS client, a connection for each, and the same bytes back."""
    return _own(lab, "requests", port, seconds, AT_ONCE, BODY, NAME)


def bulk(streams: int, direction: str) -> Generator:
    """Streams at full speed, `up` to the backends or `down` from them; units are MiB."""
    return lambda lab, port, seconds: _own(lab, "bulk", port, seconds, streams, direction)


def stream(lab: Lab, port: int, seconds: float) -> Sample:
    """One stream from the backends, of STREAM_RATE as where the network is the limit; units are MiB."""
    return _own(lab, "bulk", port, seconds, 1, "down", STREAM_RATE)


def udp(size: int, sockets: str) -> Generator:
    """Datagrams of `size` bytes and their answers, from long-lived sockets (`keep`) or a new one each (`fresh`)."""
    return lambda lab, port, seconds: _own(lab, "udp", port, seconds, UDP_SOCKETS, size, sockets)


def ping(lab: Lab, port: int, seconds: float) -> Sample:
    """Ping-pong over one connection; adds `p50_us`, `p99_us`, `p999_us`."""
    return _own(lab, "ping", port, seconds, PING_BYTES)


def ping_beside_bulk(lab: Lab, port: int, seconds: float, *rate: str) -> Sample:
    """The same while one stream comes down through the same relay; adds `bulk_mib`, its MiB a second."""
    stream = lab.start("bulk", [PROGRAMS / "bulk", str(port), str(seconds + 0.3), "1", "down", *rate])
    try:
        time.sleep(0.15)
        sample = ping(lab, port, seconds)
        stream.process.wait(SPARE)
        beside = json.loads(stream.log.read_text())
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        raise Failed(f"the stream beside did not end well: {stream.complaint()}") from None
    finally:
        lab.end(stream)
    sample["bulk_mib"] = beside["units"] / beside["seconds"]
    for fault in ("wrong", "lost"):
        sample[fault] += beside[fault]
    return sample


def ping_beside_stream(lab: Lab, port: int, seconds: float) -> Sample:
    """The same while the stream has STREAM_RATE, whatever the relay could do."""
    return ping_beside_bulk(lab, port, seconds, str(STREAM_RATE))


def burst(lab: Lab, port: int, seconds: float) -> Sample:
    """Connections that all begin at once; `wall_ms` is until the last has its answer. The seconds do not matter."""
    sample: Sample = json.loads(lab.run([PROGRAMS / "many", str(port), str(BURST), "burst"], SPARE))
    sample["wall_ms"] = sample["seconds"] * 1000
    return sample


def hold(lab: Lab, port: int, count: int) -> Child:
    """Opens connections that stay open, each after one message and its echo, until the child ends."""
    child = lab.start("many", [PROGRAMS / "many", str(port), str(count), "hold"], stdin=True)
    wait_until(lambda: "}" in child.log.read_text(), f"opening {count} connections", child)
    held = json.loads(child.log.read_text())
    if held["units"] != count:
        lab.end(child)
        raise Failed(f"of {count} connections only {held['units']} were served")
    return child
