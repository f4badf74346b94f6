"""The chart: for each row, every peer's primary figure over the row's reference, as bars in an SVG."""

from __future__ import annotations

from html import escape
from typing import Any

REFERENCES = ("HAProxy", "nginx responses 1", "Lander")  # the first that a row has is its 1.0
WIDTH, LEFT, RIGHT, BAR, GAP, HEAD = 860, 250, 90, 14, 3, 34
MOST = 2.5  # a longer bar is cut there

STYLE = """
text { font: 11px sans-serif; fill: #222 } .row { font-weight: bold; font-size: 12px }
.lander { fill: #d9480f } .limit { fill: #868e96 } .peer { fill: #4c6ef5 } line { stroke: #999; stroke-dasharray: 3 3 }
"""


def draw(rows: list[dict[str, Any]]) -> str:
    """The whole SVG; shorter bars are better."""
    parts: list[str] = []
    y = 30
    for row in rows:
        part, y = _row(row, y)
        parts += part
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y + 10}" viewBox="0 0 {WIDTH} {y + 10}">'
        f'<style>{STYLE}</style><rect width="{WIDTH}" height="{y + 10}" fill="#fff"/>'
        "<text x='10' y='18'>Median of each row's first figure, over that of the peer at 1.0. Shorter is better.</text>"
    )
    return "\n".join([head, *parts, "</svg>"]) + "\n"


def _row(row: dict[str, Any], y: int) -> tuple[list[str], int]:
    name, unit = next(iter(row["figures"].items()))
    medians = {peer: figures[name]["median"] for peer, figures in row["peers"].items() if name in figures}
    reference = next((peer for peer in REFERENCES if medians.get(peer, 0) > 0), None)
    if reference is None or len(medians) < 2:
        return [], y
    scale = (WIDTH - LEFT - RIGHT) / MOST
    parts = [f'<text class="row" x="10" y="{y + 22}">{escape(row["title"])}: {escape(unit)}</text>']
    top = y = y + HEAD - 6
    for peer, median in medians.items():
        ratio = median / medians[reference]
        kind = "lander" if peer.startswith("Lander") else "limit" if peer in ("limit", "direct") else "peer"
        length = min(ratio, MOST) * scale
        parts.append(f'<text x="{LEFT - 8}" y="{y + 11}" text-anchor="end">{escape(peer)}</text>')
        parts.append(f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{length:.1f}" height="{BAR}"/>')
        parts.append(f'<text x="{LEFT + length + 5:.1f}" y="{y + 11}">{ratio:.2f} ({_figure(median)})</text>')
        y += BAR + GAP
    parts.append(f'<line x1="{LEFT + scale:.1f}" x2="{LEFT + scale:.1f}" y1="{top}" y2="{y}"/>')
    return parts, y


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
