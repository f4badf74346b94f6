"""make profile: where a workload's time goes, and which system calls a unit of it takes, for each peer.

Flame graphs are perf's samples; without perf, or the right to use it, there are none. Each kind is a run of its own, as
strace slows what it watches many times over.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from backends import Backends
from flame import collapse, draw
from generators import PROGRAMS, compile_programs
from lander_peer import java
from load_row import LoadRow
from peers import Peer, Relay, require
from proc import exists
from processes import Child, Failed, Lab, wait_until
from rows import ROWS

OUT = PROGRAMS / "profile"
WARM_UP, TRACED, SAMPLED = 4.0, 1.0, 3.0  # seconds
HERTZ = "997"  # a prime: never in step with a timer

LOAD_ROWS = {row.name: row for row in ROWS if isinstance(row, LoadRow)}
Calls = dict[str, float]  # system call -> how often per unit


def main() -> int:
    """Profiles one workload."""
    arguments = _arguments()
    signal.signal(signal.SIGTERM, _interrupt)
    # So that perf can walk the stacks of compiled code; java takes flags from there.
    os.environ["JDK_JAVA_OPTIONS"] = "-XX:+PreserveFramePointer"
    row = LOAD_ROWS[arguments.workload]
    table: dict[str, Calls] = {}
    try:
        compile_programs()
        OUT.mkdir(exist_ok=True)
        with Lab() as lab:
            backends = Backends(lab, PROGRAMS)
            with row.place(lab, backends) as there:
                for peer in row.peers:
                    if peer.name != "direct" and (not arguments.peer or peer.name in arguments.peer):
                        _profile(lab, there, row, peer, table)
    except Failed as failure:
        print(f"profile: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    if table:
        text = calls_table(row, table)
        (OUT / f"{row.name}-calls.md").write_text(text)
        print(f"\n{text}\nWritten: {OUT}")
    return 0


def _profile(lab: Lab, backends: Backends, row: LoadRow, peer: Peer, table: dict[str, Calls]) -> None:
    if reason := peer.missing():
        print(f"{peer.name} is left out: {reason}")
        return
    try:
        relay = row.start(lab, backends, peer)
    except Failed as failure:
        print(f"{peer.name} is left out: {failure}")
        return
    try:
        row.generate(lab, relay.port, WARM_UP)
        for part in (_flame_graph, _count_calls):
            try:
                part(lab, row, peer, relay, table)
            except Failed as failure:
                print(f"{peer.name}: {failure}")
    finally:
        relay.end(lab)


def _flame_graph(lab: Lab, row: LoadRow, peer: Peer, relay: Relay, table: dict[str, Calls]) -> None:
    require("perf")
    name = f"{row.name}-{peer.name.replace(' ', '-')}"
    data = lab.path / f"{name}.data"
    pids = ",".join(map(str, relay.pids()))
    # The event is the timer's, as virtual machines often have no counters.
    recorder = lab.start("perf", ["perf", "record", "-e", "cpu-clock", "-F", HERTZ, "-g", "-o", data, "-p", pids])
    row.generate(lab, relay.port, SAMPLED)
    _interrupt_and_wait(recorder)
    mapped = Path(f"/tmp/perf-{relay.pids()[0]}.map")  # where perf looks for compiled code's names
    if peer.name.startswith("Lander"):
        jcmd = Path(java()).with_name("jcmd")
        lab.run([jcmd, str(relay.pids()[0]), "Compiler.perfmap"], 30)
    try:
        done = subprocess.run(
            ["perf", "script", "-i", data, "-F", "comm,ip,sym"], capture_output=True, text=True, timeout=120
        )
    finally:
        if peer.name.startswith("Lander"):
            mapped.unlink(missing_ok=True)
    stacks = collapse(done.stdout)
    if not stacks:
        raise Failed(f"perf has no samples: {recorder.complaint()}")
    folded = "".join(f"{';'.join(stack)} {count}\n" for stack, count in sorted(stacks.items()))
    (OUT / f"{name}.folded").write_text(folded)
    (OUT / f"{name}.svg").write_text(draw(f"{peer.name}, {row.title}", stacks))
    print(f"{peer.name}: {OUT / name}.svg")


def _count_calls(lab: Lab, row: LoadRow, peer: Peer, relay: Relay, table: dict[str, Calls]) -> None:
    require("strace")
    counts = lab.path / f"{row.name}-{peer.name.replace(' ', '-')}.strace"
    processes = [argument for pid in relay.pids() for argument in ("-p", str(pid))]
    tracer = lab.start("strace", ["strace", "-c", "-f", "-o", counts, *processes])
    wait_until(lambda: "attached" in tracer.log.read_text(), "attaching strace", tracer)
    sample = row.generate(lab, relay.port, TRACED)
    _interrupt_and_wait(tracer)
    if sample["units"] == 0:
        raise Failed("no right answer under strace")
    table[peer.name] = {name: count / sample["units"] for name, count in parse_calls(counts.read_text()).items()}


def parse_calls(text: str) -> dict[str, int]:
    """System call -> how often, from the table that strace -c writes."""
    found = re.findall(r"^ *[\d.]+ +[\d.]+ +\d+ +(\d+) +(?:\d+ +)?(\w+)$", text, re.MULTILINE)
    return {name: int(count) for count, name in found if name != "total"}


def calls_table(row: LoadRow, table: dict[str, Calls]) -> str:
    """Markdown: a line for each call that anyone makes at least once in 100 units, and the sum of all."""
    names = sorted({name for calls in table.values() for name, count in calls.items() if count >= 0.01})
    unit = next(iter(row.figures.values())).partition("/")[2]
    lines = [f"System calls per {unit}, {row.title} (strace -c -f)", ""]
    lines += ["Whom strace slows finds more ready in each turn, so there are fewer epoll_wait than there would be.", ""]
    lines += ["| |" + "".join(f" {peer} |" for peer in table), "|---|" + "---|" * len(table)]
    for name in names:
        lines.append(f"| {name} |" + "".join(f" {calls.get(name, 0):.2f} |" for calls in table.values()))
    lines.append("| **all** |" + "".join(f" {sum(calls.values()):.2f} |" for calls in table.values()))
    return "\n".join(lines) + "\n"


def _interrupt_and_wait(child: Child) -> None:
    """perf and strace write what they have when interrupted."""
    if exists(child.process.pid):
        child.process.send_signal(signal.SIGINT)
    try:
        child.process.wait(20)
    except subprocess.TimeoutExpired:
        raise Failed(f"{child.name} does not end") from None


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Flame graphs, and system calls per unit of work.")
    parser.add_argument("workload", choices=LOAD_ROWS, metavar="WORKLOAD", help=", ".join(LOAD_ROWS))
    parser.add_argument("--peer", action="append", help="this one alone, such as Lander; may be repeated")
    return parser.parse_args()


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
