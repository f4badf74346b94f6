"""Looks at Lander's admin page as an open browser and a Prometheus do: all of it each second, until it is ended.

Usage: watch.py PORT
"""

from __future__ import annotations

import sys
import time
import urllib.request

PATHS = ("/metrics", "/api/status", "/api/rates", "/api/events")


def main() -> None:
    """Asks for ever; what is refused ends it."""
    page = f"http://127.0.0.1:{int(sys.argv[1])}"
    while True:
        for path in PATHS:
            with urllib.request.urlopen(page + path, timeout=10) as answer:
                answer.read()
        time.sleep(1)


if __name__ == "__main__":
    main()
