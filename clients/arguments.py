"""What the command lines of all programs here share."""

from __future__ import annotations

import argparse


def port(text: str) -> int:
    """A TCP or UDP port; the resolver would take 70000 for 4464."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 1 to 65535")
    return int(text)
