"""What the two demonstration servers share: their arguments, and how they register, serve and end."""

from __future__ import annotations

import argparse
import logging
import signal
import socket
import sys
import threading
from typing import Any, Callable

import arguments
import lander

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def parser(program: str, description: str) -> argparse.ArgumentParser:
    """The four arguments that the demonstration servers have always had, and what has come since."""
    usual = "[LoadBalancer IP] [LoadBalancer Port] [API Server Port] [Bind Port(Relay)]"
    parser = argparse.ArgumentParser(
        usage=f"python3 {program} {usual} [options]",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("balancer", metavar="LoadBalancer-IP")
    parser.add_argument("control_port", metavar="LoadBalancer-Port", type=arguments.port)
    parser.add_argument("port", metavar="API-Server-Port", type=arguments.port, help="where this server listens")
    parser.add_argument("relay_port", metavar="Bind-Port", type=arguments.port, help="where clients find it")
    parser.add_argument("--host", default="0.0.0.0", help="address to listen at (0.0.0.0)")
    parser.add_argument("--token-file", metavar="FILE", help="the balancer's shared secret is its first line")
    return parser


def family(host: str) -> int:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def serve(options: argparse.Namespace, protocol: str, loop: Callable[[], None], **fields: Any) -> int:
    """Runs `loop` in a thread and keeps it registered until SIGTERM or SIGINT; returns the exit status.

    Before it unregisters it drains, so that a client in the middle of an answer gets the rest; a UDP
    client, of which Lander cannot know when it has all it wants, gets a second for that. Another signal
    ends the process at once.
    """
    try:
        if options.token_file:
            lander.read_token(options.token_file)
    except OSError as error:
        print(f"--token-file: {error}", file=sys.stderr)
        return 1
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(message)s")
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)  # for the threads to come, too: sigwait needs it
    threading.Thread(target=loop, daemon=True).start()
    try:
        with lander.register(
            options.balancer,
            options.control_port,
            port=options.port,
            relay_port=options.relay_port,
            protocol=protocol,
            family=family(options.host),
            token_file=options.token_file,
            drain=10.0 if protocol == "tcp" else 1.0,
            **fields,
        ):
            signal.sigwait(STOP_SIGNALS)
            for number in STOP_SIGNALS:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
        return 0
    except (OSError, UnicodeError, lander.Refused) as error:  # UnicodeError: no name of a host
        print(error, file=sys.stderr)
        return 1
