"""Whether this Lander is as fast as another version of it: make bench ROW=x AGAINST=<git ref> [MOST=1.02].

Both jars run at the same time and are measured by turns, so that whatever else the machine does hits both. Of each
round there is a ratio, this version's figure by the other's; below 1 is less CPU time (or memory, or delay).

Exit status: 0 measured; 3 the median is above MOST; 1 it could not be measured; 2 a bad command line; 130 Ctrl-C.
"""

from __future__ import annotations

import argparse
import dataclasses
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile

from backends import Backends
from figures import Result
from generators import PROGRAMS, compile_programs
from lander_peer import LanderPeer
from load_row import LoadRow, Plan
from peers import require
from processes import ROOT, Failed, Lab
from rows import ROWS, Row

BUILT = ROOT / "target/bench"
ROUNDS = 21
WARM_UP = 20.0  # seconds: after 5 the JVM's compilers still took a third of the CPU time, in either version by chance
TOO_MUCH = 3


def main() -> int:
    """Builds the other version, measures both, prints the ratio."""
    arguments = _arguments()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    row = next(row for row in ROWS if row.name == arguments.row)
    try:
        require("taskset")
        compile_programs()
        jar = build(arguments.against)
        result = measure(row, arguments.against, jar, Plan(arguments.rounds, seconds=1.0, warm_up=WARM_UP))
        medians = [tell(result, new, old) for new, old in _pairs(row, arguments.against)]
    except Failed as failure:
        print(f"bench: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    if arguments.most is not None and max(medians) > arguments.most:
        print(f"bench: {max(medians):.3f} is above {arguments.most}", file=sys.stderr)
        return TOO_MUCH
    return 0


def build(ref: str) -> pathlib.Path:
    """The jar of this commit, which is built once. Raises Failed when there is no such commit, or no jar of it."""
    commit = _run(["git", "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}"], f"{ref} is no commit").strip()
    jar = BUILT / f"lander-{commit[:12]}.jar"
    if jar.exists():
        return jar
    print(f"Building Lander as of {ref}", flush=True)
    with tempfile.TemporaryDirectory(prefix="lander-against-") as folder:
        tree = pathlib.Path(folder) / "tree"
        _run(["git", "worktree", "add", "--detach", "--force", str(tree), commit], f"{ref} can't be checked out")
        try:
            _run(["make", "-C", str(tree), "jar"], f"{ref} can't be built")
            BUILT.mkdir(parents=True, exist_ok=True)
            shutil.copy(tree / "target/lander.jar", jar)
        finally:
            _run(["git", "worktree", "remove", "--force", str(tree)], "the folder of the other version stays")
    return jar


def measure(row: Row, ref: str, jar: pathlib.Path, plan: Plan) -> Result:
    """The row, by this version and by the other."""
    peers = []
    for peer in _landers(row):
        peers += [peer, peer.of_jar(_old_name(peer, ref), jar)]
    if isinstance(row, LoadRow):
        ports = dict(row.backends_of)
        ports.update({_old_name(peer, ref): ports[peer.name] for peer in _landers(row) if peer.name in ports})
        changed: Row = dataclasses.replace(row, peers=tuple(peers), backends_of=ports)
    else:
        changed = dataclasses.replace(row, peers=tuple(peers))
    with Lab() as lab:
        result = changed.run(lab, Backends(lab, PROGRAMS), plan)
    for name, reason in result.skipped.items():
        raise Failed(f"{name}: {reason}")
    return result


def tell(result: Result, new: str, old: str) -> float:
    """Prints how both compare; returns the median of the ratios."""
    figure, unit = next(iter(result.figures.items()))
    ratios = sorted(
        ours[figure] / theirs[figure] for ours, theirs in zip(result.samples[new], result.samples[old])
    )
    wrong = sum(sample.get("wrong", 0) + sample.get("lost", 0) for sample in result.samples[new])
    if wrong:
        raise Failed(f"{new}: {wrong:.0f} answers are wrong or lost")
    median, (lower, upper) = statistics.median(ratios), spread(ratios)
    for name in (new, old):
        print(f"  {name:<40} {statistics.median(sample[figure] for sample in result.samples[name]):>10.4g} {unit}")
    print(
        f"  ratio {median:.3f}, half of the {len(ratios)} rounds from {lower:.3f} to {upper:.3f},"
        f" all from {ratios[0]:.3f} to {ratios[-1]:.3f}",
        flush=True,
    )
    return median


def spread(ratios: list[float]) -> tuple[float, float]:
    """The lower and the upper quartile."""
    if len(ratios) < 2:
        return ratios[0], ratios[0]
    quartiles = statistics.quantiles(ratios, n=4, method="inclusive")
    return quartiles[0], quartiles[2]


def _landers(row: Row) -> list[LanderPeer]:
    return [peer for peer in row.peers if isinstance(peer, LanderPeer)]


def _pairs(row: Row, ref: str) -> list[tuple[str, str]]:
    return [(peer.name, _old_name(peer, ref)) for peer in _landers(row)]


def _old_name(peer: LanderPeer, ref: str) -> str:
    return f"{peer.name} as of {ref}"


def _run(command: list[str], complaint: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"{complaint}: {(done.stderr or done.stdout).strip()[-500:]}")
    return done.stdout


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="This Lander beside another version of it.")
    parser.add_argument("row", choices=[row.name for row in ROWS])
    parser.add_argument("against", metavar="REF", help="a commit, tag or branch")
    parser.add_argument("--most", type=float, help=f"exit status {TOO_MUCH} when the median ratio is above it")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"{ROUNDS} decide; fewer show that it works")
    return parser.parse_args()


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
