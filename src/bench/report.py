"""The report: the table on the terminal, and the Markdown, all from the JSON."""

from __future__ import annotations

import json
import pathlib
from typing import Any

from chart import draw
from targets import TARGETS, Target, Verdict, is_wish, judge

BEGIN = "<!-- Written by make bench, from here -->"
END = "<!-- Written by make bench, to here -->"

Report = dict[str, Any]  # "about", "machine", "rows", and "before" if there was a run before


def write(report: Report, directory: pathlib.Path, name: str) -> list[pathlib.Path]:
    """Writes name.json, name.svg and name.md; in a Markdown file that is there already, between the marks only."""
    directory.mkdir(parents=True, exist_ok=True)
    data, chart, page = (directory / f"{name}.{ending}" for ending in ("json", "svg", "md"))
    data.write_text(json.dumps(report, indent=1) + "\n")
    chart.write_text(draw(report["rows"]))
    text = page.read_text() if page.exists() else f"# Benchmarks\n\n{BEGIN}\n{END}\n"
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    page.write_text(f"{before}{BEGIN}\n{markdown(report, chart.name)}\n{END}{after}")
    return [data, chart, page]


def remember(report: Report, previous: Report) -> None:
    """Keeps what the run before has found of each target beside this one's."""
    found = [[*_key(verdict.target), verdict.median] for verdict in verdicts(previous) if verdict.median is not None]
    report["before"] = {"about": previous["about"], "medians": found}


def markdown(report: Report, chart: str) -> str:
    """The written part of the page."""
    lines = [f"{report['about']}", ""]
    lines += _table(["measured on", "&nbsp;"], [[name, value] for name, value in report["machine"].items()])
    lines += ["", "## Targets", ""]
    lines += ["CPU is the time of the relay's processes, all threads, per unit of work. A / B is their ratio.", ""]
    if "before" in report:
        lines += [f"The run before: {report['before']['about']}", ""]
    head = ["workload", "figure", "median", "lower quartile", "median before", "asked", "verdict"]
    lines += _table(head, _target_rows(report))
    lines += ["", f"![CPU per unit of work]({chart})", "", "## Rows", ""]
    lines += ["Medians over the rounds, with minimum and maximum."]
    for row in report["rows"]:
        lines += ["", f"### {row['title']} (`{row['row']}`)", ""]
        if row["remark"]:
            lines += [row["remark"], ""]
        lines += _table(*row_table(row))
        lines += [f"\nNot measured: {peer}: {reason}." for peer, reason in row["skipped"].items()]
    return "\n".join(lines)


def terminal(row: dict[str, Any], report: Report) -> str:
    """One row's table and its verdicts."""
    head, body = row_table(row)
    widths = [max(len(line[i]) for line in [head, *body]) for i in range(len(head))]
    lines = [f"\n{row['title']} ({row['row']})"]
    for line in [head, *body]:
        peer, *cells = line
        lines.append(f"  {peer:<{widths[0]}}" + "".join(f"  {cell:>{width}}" for cell, width in zip(cells, widths[1:])))
    lines += [f"  not measured: {peer}: {reason}" for peer, reason in row["skipped"].items()]
    for target in TARGETS:
        if target.row == row["row"]:
            _, figure, median, quartile, _, asked, word = _target_row(judge(target, row), report)
            lines.append(f"  {figure}: {median} (lower quartile {quartile}), asked {asked}: {word}")
    return "\n".join(lines)


def row_table(row: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Head and body of a row's table."""
    primary = next(iter(row["figures"]))
    head = ["", *row["figures"].values(), f"lower quartile of {row['figures'][primary]}", "rounds", "wrong or lost"]
    body = []
    for peer, figures in row["peers"].items():
        cells = [_spread(figures.get(name)) for name in row["figures"]]
        quartile = _short(figures[primary]["lower_quartile"]) if primary in figures else ""
        body.append([peer, *cells, quartile, str(figures["rounds"]), f"{figures['errors']:.0f}"])
    return head, body


def verdicts(report: Report) -> list[Verdict]:
    """Of every target that the report has the row of."""
    rows = {row["row"]: row for row in report["rows"]}
    return [judge(target, rows[target.row]) for target in TARGETS if target.row in rows]


def _target_rows(report: Report) -> list[list[str]]:
    return [_target_row(verdict, report) for verdict in verdicts(report)]


def _target_row(verdict: Verdict, report: Report) -> list[str]:
    target = verdict.target
    row = next(row for row in report["rows"] if row["row"] == target.row)
    title = f"[{row['title']}](#{_anchor(row)})"
    unit = "wrong or lost" if target.figure == "lost" else row["figures"][target.figure]
    figure = f"{unit}, {target.ours}" + (f" / {target.theirs}" if target.theirs else "")
    before = {tuple(key): median for *key, median in report.get("before", {}).get("medians", [])}.get(_key(target))
    values = ["-" if value is None else _short(value) for value in (verdict.median, verdict.lower_quartile, before)]
    asked = f"<= {target.most:g}" + (f" (prize {target.prize:g})" if target.prize is not None else "")
    if is_wish(target):
        asked = f"prize: {asked}"
    return [title, figure, *values, asked, verdict.word]


def _key(target: Target) -> tuple[str, str, str, str]:
    return target.row, target.figure, target.ours, target.theirs or ""


def _anchor(row: dict[str, Any]) -> str:
    """What GitHub makes of the row's heading."""
    heading = f"{row['title']} ({row['row']})".lower()
    return "".join(c for c in heading.replace(" ", "-") if c.isalnum() or c in "-_")


def _table(head: list[str], body: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(line)} |" for line in [head, ["---"] * len(head), *body]]


def _spread(summary: dict[str, float] | None) -> str:
    if summary is None:
        return "-"
    return f"{_short(summary['median'])} ({_short(summary['min'])} to {_short(summary['max'])})"


def _short(value: float) -> str:
    """Three digits that matter."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
