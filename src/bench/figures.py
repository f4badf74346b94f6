"""Samples of a row, and what is said of them: median, minimum, maximum, lower quartile."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import Iterable

Sample = dict[str, float]  # what one round of one peer gave: figure name -> value


@dataclass(frozen=True)
class Summary:
    """One figure of one peer over all rounds."""

    median: float
    lower_quartile: float
    least: float
    most: float

    @staticmethod
    def of(values: Iterable[float]) -> Summary:
        """Of at least one value."""
        ordered = sorted(values)
        return Summary(
            statistics.median(ordered),
            statistics.quantiles(ordered, n=4, method="inclusive")[0] if len(ordered) > 1 else ordered[0],
            ordered[0],
            ordered[-1],
        )

    def as_json(self) -> dict[str, float]:
        """For the report's JSON."""
        return {
            "median": _five_digits(self.median),
            "lower_quartile": _five_digits(self.lower_quartile),
            "min": _five_digits(self.least),
            "max": _five_digits(self.most),
        }


def _five_digits(value: float) -> float:
    return float(f"{value:.5g}")


@dataclass
class Result:
    """What a row has given: samples of each peer, and why others are missing."""

    row: str
    title: str
    figures: dict[str, str]  # figure name -> how it is written, the primary one first
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    remark: str = ""

    def as_json(self) -> dict[str, object]:
        """Medians and the rest for each peer and figure; `errors` is the sum over all rounds."""
        peers: dict[str, dict[str, object]] = {}
        for peer, samples in self.samples.items():
            if not samples:
                continue
            peers[peer] = {
                name: Summary.of([sample[name] for sample in samples if name in sample]).as_json()
                for name in self.figures
                if any(name in sample for sample in samples)
            }
            peers[peer]["rounds"] = len(samples)
            peers[peer]["errors"] = sum(sample.get("wrong", 0) + sample.get("lost", 0) for sample in samples)
        return {
            "row": self.row,
            "title": self.title,
            "figures": self.figures,
            "remark": self.remark,
            "peers": peers,
            "skipped": self.skipped,
        }
