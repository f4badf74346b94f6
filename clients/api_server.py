#!/usr/bin/env python3
"""An HTTP server that registers itself at Lander: `/` says who answers, `/?size=N` sends N bytes.

`/data` sends --size bytes, 20480 unless told. Each answer names this server's port in `X-Component`.
"""

from __future__ import annotations

import sys

import flask
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

import arguments
import component

LARGEST_BODY = 64 * 1024 * 1024


class Server(ThreadedWSGIServer):
    """A thread per connection, and room for a crowd that comes at once (the system may allow less)."""

    request_queue_size = 4096


class QuietHandler(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Says nothing: thousands of lines would be the slowest part of a load test."""


def application(port: int, default_size: int | None) -> flask.Flask:
    """`default_size`: bytes that `/` sends; None is a short text."""
    app = flask.Flask(__name__)
    text = f"Lander component on port {port}\n".encode()

    @app.get("/")
    def root() -> flask.Response:
        return answer(flask.request.args.get("size", default_size, type=int))

    @app.get("/data")
    def data() -> flask.Response:
        return answer(flask.request.args.get("size", default_size or 20480, type=int))

    def answer(size: int | None) -> flask.Response:
        if size is not None and not 0 <= size <= LARGEST_BODY:
            return flask.Response(f"size is 0 to {LARGEST_BODY}\n", 400, mimetype="text/plain")
        body = text if size is None else text[:size].ljust(size, b".")
        return flask.Response(body, mimetype="text/plain", headers={"X-Component": port})

    return app


def main() -> int:
    parser = component.parser("api_server.py", __doc__)
    parser.add_argument("--size", type=int, metavar="BYTES", help="of the answer to /; default: a short text")
    options = parser.parse_args()
    app = application(options.port, options.size)
    try:
        server = Server(options.host, options.port, app, QuietHandler)
    except OSError as error:
        print(f"cannot listen at {arguments.address_text(options.host, options.port)}: {error}", file=sys.stderr)
        return 1
    return component.serve(options, "tcp", server.serve_forever)


if __name__ == "__main__":
    sys.exit(main())
