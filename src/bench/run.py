"""The benchmark's command line: make bench, make bench-quick, make bench ROW=...

Exit status: 0 measured, whatever came of it; 1 it could not; 2 a bad command line; 130 Ctrl-C.
"""

from __future__ import annotations

import argparse
import datetime
import json
import signal
import sys
import time

from backends import Backends
from figures import Result
from generators import PROGRAMS, compile_programs
from load_row import Plan
from machine import describe
from peers import require
from processes import ROOT, Failed, Lab
from report import Report, remember, terminal, verdicts, write
from rows import ROWS, Row
from targets import DECIDING

DOCS, NAME = ROOT / "docs", "benchmarks"

FULL = Plan(rounds=7, seconds=1.0, warm_up=2.5)
QUICK = Plan(rounds=2, seconds=0.3, warm_up=1.5, quick=True)
ALONE = Plan(rounds=DECIDING, seconds=1.0, warm_up=5.0)


def main() -> int:
    """Measures, prints, writes."""
    arguments = _arguments()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    rows = [row for row in ROWS if row.name in arguments.row] if arguments.row else list(ROWS)
    if arguments.quick and not arguments.row:
        rows = [row for row in rows if row.quick]
    plan = QUICK if arguments.quick else ALONE if arguments.row else FULL
    if arguments.rounds:
        plan = Plan(arguments.rounds, plan.seconds, plan.warm_up, plan.quick)
    try:
        require("taskset")
        compile_programs()
        report = measure(rows, plan, _command(arguments))
    except Failed as failure:
        print(f"bench: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    if arguments.quick or arguments.rounds:
        files = write(report, PROGRAMS, "quick")
    else:
        files = write(_together(report, arguments.row), DOCS, NAME)
    print("\nWritten:", *(file.relative_to(ROOT) for file in files))
    return 0


def measure(rows: list[Row], plan: Plan, command: str) -> Report:
    """Every row in turn; each is printed as soon as it is there."""
    begun = time.monotonic()
    date = datetime.datetime.now(datetime.timezone.utc)
    report: Report = {"about": "", "machine": describe(), "rows": []}
    with Lab() as lab:
        if not set(lab.relay_cpus).isdisjoint(lab.other_cpus):
            print("There is but one core: generators take from the relay's.", file=sys.stderr)
        backends = Backends(lab, PROGRAMS)
        for row in rows:
            row_begun = time.monotonic()
            try:
                result = row.run(lab, backends, plan)
            except Failed as failure:
                result = Result(row.name, row.title, row.figures, skipped={"all": str(failure)})
            report["rows"].append(result.as_json())
            print(terminal(report["rows"][-1], report), flush=True)
            print(f"  took {time.monotonic() - row_begun:.0f} s", flush=True)
    minutes = (time.monotonic() - begun) / 60
    report["about"] = f"`{command}`, {date:%Y-%m-%d %H:%M} UTC, {minutes:.1f} minutes, {plan.rounds} rounds."
    met = [verdict.word for verdict in verdicts(report)]
    print(f"\n{sum(word.startswith('met') for word in met)} of {len(met)} targets met. {report['about']}")
    return report


def _together(report: Report, alone: list[str] | None) -> Report:
    """With what docs have: that report with the rows measured alone in their places, or this one with what it found."""
    file = DOCS / f"{NAME}.json"
    if not file.exists():
        return report
    whole: Report = json.loads(file.read_text())
    if not alone:
        remember(report, whole)
        return report
    for row in report["rows"]:
        row["remark"] = f"{row['remark']} {report['about']}".strip()
        names = [other["row"] for other in whole["rows"]]
        if row["row"] in names:
            whole["rows"][names.index(row["row"])] = row
        else:
            whole["rows"].append(row)
    return whole


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Lander beside HAProxy and nginx, doing the same work.")
    parser.add_argument("--quick", action="store_true", help="most rows roughly, in 2 minutes; docs stay as they are")
    names = [row.name for row in ROWS]
    parser.add_argument("--row", action="append", choices=names, help=f"{DECIDING} rounds of it alone")
    parser.add_argument("--rounds", type=int, help="another number of rounds; docs stay as they are")
    return parser.parse_args()


def _command(arguments: argparse.Namespace) -> str:
    if arguments.quick:
        return "make bench-quick"
    return "make bench" + "".join(f" ROW={row}" for row in arguments.row or [])


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
