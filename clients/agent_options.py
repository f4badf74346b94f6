"""The agent's command line."""

from __future__ import annotations

import argparse
import functools
import re
import socket
import ssl

import arguments
import checks
import lander

# Optional fields of a registration that are passed on as they are; the balancer judges their values.
FIELDS = {
    "name": (str, "label in the balancer's logs, metrics and status"),
    "weight": (int, "share of the clients, 1 to 256"),
    "balance": (str, "roundrobin, leastconn, random or source"),
    "max_connections": (int, "TCP clients at once"),
    "proxy_protocol": (str, "v1 or v2: tell the server who the client is"),
    "affinity": (str, "UDP: none or client"),
    "responses": (int, "UDP: datagrams that answer one request"),
}


def parse(line: list[str], description: str) -> argparse.Namespace:
    """The options by name, and made of them: `registration` for lander.register, and `check` to call."""
    parser = _parser(description)
    options = parser.parse_intermixed_args(line)
    if options.check_with is None:
        options.check_with = "udp" if options.protocol == "udp" else "tcp"
    fields = {field: getattr(options, field) for field in FIELDS}
    try:
        fields["token"] = lander.read_token(options.token_file) if options.token_file else None
    except (OSError, UnicodeDecodeError) as error:
        parser.error(f"--token-file: {error}")
    options.registration = {
        "balancers": options.balancers,
        "tls": _tls(options, parser),
        "port": options.port,
        "relay_port": options.relay_port,
        "protocol": options.protocol,
        "family": socket.AF_INET6 if options.ipv6 else socket.AF_INET,
        **fields,
    }
    options.check = functools.partial(_check, options)
    return options


def _parser(description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        usage="agent.py LB:PORT [LB:PORT ...] --port N --relay-port N [options] [-- COMMAND ...]",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("balancers", metavar="LB:PORT", nargs="+", type=_balancer, help="control channel of a balancer")
    add("--protocol", default="tcp", help="tcp (default) or udp")
    add("--port", type=arguments.port, required=True, help="where the server listens")
    add("--relay-port", type=arguments.port, required=True, help="where the balancer listens for clients")
    add("--check", dest="check_with", metavar="HOW", help="tcp: it accepts a connection; udp: it takes a "
        "datagram; else a shell command that exits with 0. Default: as the protocol")  # fmt: skip
    add("--check-host", metavar="ADDRESS", help="default: the address that this machine has for the balancer")
    add("--check-interval", metavar="D", type=_duration, default="2s", help="pause between checks (2s)")
    add("--check-timeout", metavar="D", type=_duration, default="2s", help="for one check (2s)")
    add("--drain-timeout", metavar="D", type=_duration, default="30s", help="for the last clients (30s)")
    add("--token-file", metavar="FILE", help="the balancer's shared secret is its first line")
    add("--tls", action="store_true", help="encrypt the link to the balancer (as do the options that follow)")
    add("--tls-ca", metavar="FILE", help="who may have issued the balancer's certificate (this machine's list)")
    add("--tls-cert", metavar="FILE", help="certificate to show to the balancer")
    add("--tls-key", metavar="FILE", help="its private key, if that is in another file")
    add("--ipv6", action="store_true", help="reach the balancer, and be reached, by IPv6")
    for field, (kind, help_text) in FIELDS.items():
        add("--" + field.replace("_", "-"), type=kind, help=help_text)
    return parser


def _tls(options: argparse.Namespace, parser: argparse.ArgumentParser) -> ssl.SSLContext | None:
    """What the options for TLS ask for."""
    if options.tls_key and not options.tls_cert:
        parser.error("--tls-key without --tls-cert")
    if not (options.tls or options.tls_ca or options.tls_cert):
        return None
    option = "--tls-ca"
    try:
        context = ssl.create_default_context(cafile=options.tls_ca)
        if options.tls_cert:
            option = "--tls-cert, --tls-key"
            context.load_cert_chain(options.tls_cert, options.tls_key)
        return context
    except OSError as error:
        parser.error(f"{option}: {error}")


def _check(options: argparse.Namespace) -> str | None:
    """Runs the check that the options ask for."""
    try:
        if options.check_with not in ("tcp", "udp"):
            return checks.command(options.check_with, options.check_timeout)
        family = options.registration["family"]
        host = options.check_host or checks.local_address(options.balancers, family)
        probe = checks.tcp if options.check_with == "tcp" else checks.udp
        return probe(host, options.port, family, options.check_timeout)
    except OSError as error:  # no route, no name service, no file descriptor, ...
        return f"cannot check: {error}"


def _balancer(text: str) -> lander.Address:
    host, _, port = text.rpartition(":")
    if not host:
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT")
    return host.strip("[]"), arguments.port(port)


def _duration(text: str) -> float:
    match = re.fullmatch(r"(\d+)(ms|s|m|h)", text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r} is not a duration such as 250ms, 5s, 10m or 1h")
    return int(match[1]) * {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}[match[2]]
