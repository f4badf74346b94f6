"""What the command lines of all programs here share."""

from __future__ import annotations

import argparse
import ipaddress
import re


def port(text: str) -> int:
    """A TCP or UDP port; the resolver would take 70000 for 4464."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 1 to 65535")
    return int(text)


def address(text: str) -> tuple[str, int]:
    """HOST:PORT; an IPv6 address is in brackets."""
    host, _, number = text.rpartition(":")
    if not host:
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT")
    return host.strip("[]"), port(number)


def address_text(host: str, number: int) -> str:
    """As `address` reads it; IPv6 in its short form."""
    try:
        parsed = ipaddress.ip_address(host)
    except ValueError:
        return f"{host}:{number}"  # a name
    return f"[{parsed}]:{number}" if parsed.version == 6 else f"{parsed}:{number}"


def count(text: str) -> int:
    """From 1 on."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return int(text)


def duration(text: str) -> float:
    """In seconds."""
    match = re.fullmatch(r"(\d+)(ms|s|m|h)", text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r} is not a duration such as 250ms, 5s, 10m or 1h")
    return int(match[1]) * {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}[match[2]]
