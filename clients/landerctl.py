#!/usr/bin/env python3
"""Looks at a Lander, takes components out of rotation and brings them back, over its control channel.

    landerctl.py lb1:9988 status --watch
    landerctl.py lb1:9988 relays 10.0.0.7:30000
    landerctl.py lb1:9988 cluster
    landerctl.py lb1:9988 drain 10.0.0.7:30000 && ssh 10.0.0.7 systemctl restart web
    landerctl.py lb1:9988 undrain 10.0.0.7:30000

Lander lets those drain and see relays who come from its own machine, and others who show its token:
--token-file.

Exit status:
  0  done; drain: nobody is served there any more (with --no-wait: nobody new will be)
  1  refused, or the output is lost; cluster: there is none; drain: clients were left after --timeout, or the component
     was undrained meanwhile
  2  the command line is wrong
  3  the balancer cannot be reached, or the link to it was lost
  4  drain, undrain: nothing is registered there
128 and more: ended by a signal (130: Ctrl-C; of status --watch that is the usual end, and 0)
"""

from __future__ import annotations

import argparse
import signal
import sys

import access_options
import arguments
import lander
import landerctl_cluster
import landerctl_drain
import landerctl_end
import landerctl_relays
import landerctl_status


def main() -> int:
    options = _parse(sys.argv[1:])
    for stream in filter(None, (sys.stdout, sys.stderr)):
        stream.reconfigure(errors="replace")  # a terminal may lack a letter of some name
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # the terminal is restored
    try:
        return options.run(options)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except lander.Refused as refused:
        _say(refused)
        return _status_of(refused)
    except landerctl_end.Failed as failed:
        _say(failed)
        return failed.status
    except (OSError, UnicodeError) as error:  # the latter is the resolver's, of what can be no name
        _say(f"{arguments.address_text(*options.balancer)}: {landerctl_end.reason(error)}")
        return landerctl_end.EXIT_UNREACHABLE


def _status_of(refused: lander.Refused) -> int:
    not_registered = refused.code == lander.NOT_REGISTERED
    return landerctl_end.EXIT_NOT_REGISTERED if not_registered else landerctl_end.EXIT_NOT_DONE


def _say(what: object) -> None:
    print(f"landerctl: {what}", file=sys.stderr)


def _parse(line: list[str]) -> argparse.Namespace:
    """The options by name, and made of them: `tls` and `token`; `run` is the command, to be called."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("balancer", metavar="LB:PORT", type=arguments.address, help="its control channel")
    access_options.add(parser)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, add_options, run, help_text in (
        ("status", _add_status_options, landerctl_status.run, "show what is registered"),
        ("relays", _add_relays_options, landerctl_relays.run, "show which clients are connected"),
        ("cluster", _add_json, landerctl_cluster.run, "show the Landers that share their registrations"),
        ("drain", _add_drain_options, landerctl_drain.run, "take a component out of rotation and wait"),
        ("undrain", _add_component_options, landerctl_drain.run_undrain, "bring a drained component back"),
    ):
        # The options of access may stand on either side of the command: without defaults here, or
        # these would undo what was given before it.
        command = commands.add_parser(
            name, help=help_text, description=help_text, argument_default=argparse.SUPPRESS
        )
        access_options.add(command)
        add_options(command)
        command.set_defaults(run=run)
    options = parser.parse_args(line)
    options.token = access_options.token(options, parser)
    options.tls = access_options.tls(options, parser)
    return options


def _add_status_options(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("--watch", action="store_true", default=False, help="show it anew each second, until Ctrl-C")
    add("--json", action="store_true", default=False, help="as JSON; with --watch a line each second")
    _add_relay_port(command, "only the services of this relay port")


def _add_relays_options(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add(
        "component",
        metavar="HOST:PORT",
        type=arguments.address,
        nargs="?",
        default=None,
        help="only the clients of this component",
    )
    add("--protocol", choices=("tcp", "udp"), default=None, help="only those of this protocol")
    _add_relay_port(command, "only those of this relay port")
    _add_json(command)


def _add_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", default=False, help="as JSON")


def _add_component_options(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("component", metavar="HOST:PORT", type=arguments.address, help="where it serves, as status shows it")
    add("--protocol", choices=("tcp", "udp"), default=None, help="only what it has registered for this one")
    _add_relay_port(command, "only what it has registered on this one")
    add("--server-names", metavar="NAMES", default=None, help="only what it has registered with these, as a,b")
    add("--alpn", metavar="PROTOCOLS", default=None, help="only what it has registered with these, as a,b")


def _add_drain_options(command: argparse.ArgumentParser) -> None:
    _add_component_options(command)
    add = command.add_argument
    add("--timeout", metavar="D", type=arguments.duration, default=30.0, help="for the last clients (30s)")
    add("--no-wait", dest="wait", action="store_false", default=True, help="do not wait for the last clients")


def _add_relay_port(command: argparse.ArgumentParser, help_text: str) -> None:
    command.add_argument(
        "--relay-port", metavar="N", type=arguments.port, default=None, help=help_text
    )


if __name__ == "__main__":
    sys.exit(main())
