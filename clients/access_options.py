"""The options by which agent.py and landerctl.py are let in by a balancer: its token and TLS."""

from __future__ import annotations

import argparse
import ssl

import lander


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the options; what they ask for is to be had by `token` and `tls`."""
    option = parser.add_argument
    option("--token-file", metavar="FILE", help="the balancer's shared secret is its first line")
    option("--tls", action="store_true", help="encrypt the link to the balancer (as do the options that follow)")
    option("--tls-ca", metavar="FILE", help="who may have issued the balancer's certificate (this machine's list)")
    option("--tls-cert", metavar="FILE", help="certificate to show to the balancer")
    option("--tls-key", metavar="FILE", help="its private key, if that is in another file")


def token(options: argparse.Namespace, parser: argparse.ArgumentParser) -> str | None:
    """The shared secret that the options name, if any."""
    try:
        return lander.read_token(options.token_file) if options.token_file else None
    except OSError as error:
        parser.error(f"--token-file: {error}")


def tls(options: argparse.Namespace, parser: argparse.ArgumentParser) -> lander.Tls:
    """What the options for TLS ask for; their files are read again for each new link."""
    if options.tls_key and not options.tls_cert:
        parser.error("--tls-key without --tls-cert")
    if not (options.tls or options.tls_ca or options.tls_cert):
        return False
    try:
        _context(options)
    except OSError as error:
        parser.error(str(error))
    return lambda: _context(options)


def _context(options: argparse.Namespace) -> ssl.SSLContext:
    """OSError: a file cannot be read, or is not what it should be; the text names the option."""
    option = "--tls-ca"
    try:
        context = ssl.create_default_context(cafile=options.tls_ca)
        if options.tls_cert:
            option = "--tls-cert, --tls-key"
            context.load_cert_chain(options.tls_cert, options.tls_key)
        return context
    except OSError as error:
        raise OSError(f"{option}: {error}") from error
