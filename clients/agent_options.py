"""The agent's command line."""

from __future__ import annotations

import argparse
import functools
import shlex
import socket

import access_options
import arguments
import checks

def _words_between_commas(text: str) -> list[str]:
    return text.split(",")


# Optional fields of a registration that are passed on as they are; the balancer judges their values. A bool is a switch.
FIELDS = {
    "host": (str, "the server's address, when that is not this machine's; needs the balancer's token"),
    "server_names": (_words_between_commas, "where services share a relay port: this one has who asks for one of these by"
                     " TLS, e.g. 'shop.example.com,*.example.org'"),
    "alpn": (_words_between_commas, "where services share a relay port: who offers one of these protocols, e.g. h2"),
    "name": (str, "label in the balancer's logs, metrics and status"),
    "weight": (int, "share of the clients, 1 to 256"),
    "backup": (bool, "serve only while no other server can"),
    "priority": (int, "0 to 255: serve only while no server with a lower number can; --backup is 1"),
    "balance": (str, "roundrobin, leastconn, random or source"),
    "max_connections": (int, "TCP clients at once"),
    "max_bytes_per_second": (int, "that a client may send, and get, over one connection or UDP flow"),
    "max_duration": (str, "TCP connections older than this are closed, when they are quiet for a second, e.g. 1h"),
    "proxy_protocol": (str, "v1 or v2 (UDP also v2-each): tell the server, and in checks, who the client is"),
    "affinity": (str, "UDP: none or client"),
    "responses": (int, "UDP: datagrams that answer one request"),
    "max_new_per_second": (int, "new clients, or datagrams, that the relay port takes in a second"),
    "max_per_client": (int, "TCP connections, or UDP flows, that a client address may have open at the relay port"),
    "clients": (_words_between_commas, "who may be a client, e.g. '!10.9.0.0/16,10.0.0.0/8': the first that fits decides"),
    "preamble": (str, "with --server-names: postgres, whose clients ask for TLS ahead of TLS"),
    "slow_start": (str, "so long its share of the clients grows at first, e.g. 30s"),
    "answer_timeout": (str, "UDP: so long the balancer waits for the answers of --responses, e.g. 5s"),
    "udp_timeout": (str, "UDP: a flow without a datagram for so long is closed, e.g. 60s"),
    "metrics_port": (int, "port of metrics on this machine, for a Prometheus that asks the balancer for targets"),
}


def parse(line: list[str], description: str) -> argparse.Namespace:
    """The options by name, and made of them: `registration` for lander.register, and `check` to call."""
    parser = _parser(description)
    options = parser.parse_intermixed_args(line)
    how = options.check_with
    if how is None:
        how = checks.default(options.protocol, options.port, elsewhere=bool(options.check_host or options.host))
    try:
        check = checks.named(how, options.protocol)
    except ValueError as error:
        parser.error(f"--check {how}: {error}")
    fields = {field: getattr(options, field) for field in FIELDS}
    access_options.token(options, parser)  # a file that is missing is an error now, and later a refusal
    options.registration = {
        "balancers": options.balancers,
        "tls": access_options.tls(options, parser),
        "port": options.port,
        "relay_port": options.relay_port,
        "protocol": options.protocol,
        "family": _family(options),
        "token_file": options.token_file,
        **fields,
    }
    options.check = functools.partial(_check, options, check)
    return options


def _family(options: argparse.Namespace) -> int:
    """IPv6 also when all balancers are given by such addresses."""
    six = options.ipv6 or all(":" in host for host, _ in options.balancers)
    return socket.AF_INET6 if six else socket.AF_INET


def _parser(description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        fromfile_prefix_chars="@",
        usage="%(prog)s LB:PORT [LB:PORT ...] --port N --relay-port N [options] [-- COMMAND ...]",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.convert_arg_line_to_args = functools.partial(_words, parser)  # type: ignore[method-assign]
    add = parser.add_argument
    add("balancers", metavar="LB:PORT", nargs="+", type=arguments.address, help="control channel")
    add("--protocol", default="tcp", help="tcp (default) or udp")
    add("--port", type=arguments.port, required=True, help="where the server listens")
    add("--relay-port", type=arguments.port, required=True, help="where the balancer listens for clients")
    add("--check", dest="check_with", metavar="HOW", help=checks.HELP)
    add("--check-host", metavar="ADDRESS", help="default: --host, or the address that this machine has for the balancer")
    add("--check-interval", metavar="D", type=arguments.duration, default="2s", help="pause between checks (2s)")
    add("--check-timeout", metavar="D", type=arguments.duration, default="2s", help="for one check (2s)")
    add("--check-failures", metavar="N", type=arguments.count, default=2, help="in a row take the server out (2)")
    add("--check-successes", metavar="N", type=arguments.count, default=1, help="in a row bring it back (1)")
    add("--drain-timeout", metavar="D", type=arguments.duration, default="30s", help="for the last clients (30s)")
    access_options.add(parser)
    add("--ipv6", action="store_true", help="reach the balancer, and be reached, by IPv6")
    for field, (kind, help_text) in FIELDS.items():
        option = "--" + field.replace("_", "-")
        if kind is bool:
            add(option, action="store_true", default=None, help=help_text)
        else:
            add(option, type=kind, help=help_text)
    return parser


def _words(parser: argparse.ArgumentParser, line: str) -> list[str]:
    """Of a line of @FILE, as a shell would read it: with quotes, and # begins a comment."""
    try:
        return shlex.split(line, comments=True)
    except ValueError as error:
        parser.error(f"{line!r}: {error}")


def _check(options: argparse.Namespace, check: checks.Check) -> str | None:
    """Runs the check that the options ask for."""
    try:
        family = options.registration["family"]
        host = options.check_host or options.host or checks.local_address(options.balancers, family)
        return check(checks.Target(host, options.port, family, options.check_timeout, options.proxy_protocol))
    except OSError as error:  # no route, no name service, no file descriptor, ...
        return f"cannot check: {error}"
