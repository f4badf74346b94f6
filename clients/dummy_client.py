#!/usr/bin/env python3
"""A crowd of HTTP clients: a number of GETs at once, each over a connection of its own.

An answer counts as a success if it is a 200 and complete. Exit status 0 if all were, else 1.
"""

from __future__ import annotations

import http.client
import sys
import time

import burst


def get(host: str, port: int, path: str, timeout: float, tally: burst.Tally) -> None:
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    try:
        connection.request("GET", path, headers={"Connection": "close"})
        response = connection.getresponse()
        end_is_known = response.length is not None or response.chunked
        response.read()  # raises IncompleteRead if the connection ends before the body does
        if response.status != 200:
            tally.failure(f"HTTP {response.status}")
        elif not end_is_known:
            tally.failure("no Content-Length")
        else:
            tally.success(response.headers.get("X-Component", ""))
    except (OSError, http.client.HTTPException, UnicodeError) as error:  # the last: no name of a host
        tally.failure(type(error).__name__)
    finally:
        connection.close()


def main() -> int:
    parser = burst.parser("dummy_client.py", __doc__)
    parser.add_argument("--path", default="/", help="what to get (/)")
    options = parser.parse_args()
    tally = burst.Tally()
    began = time.monotonic()
    burst.all_at_once(
        options.requests,
        lambda index: get(options.host, options.port, options.path, options.timeout, tally),
    )
    return tally.report(time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(main())
