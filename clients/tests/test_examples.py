"""What the documents and the status page show of agent.py to copy, parsed as it would be."""

from __future__ import annotations

import html
import pathlib
import re
import shlex
import sys
import unittest

PROJECT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "clients"))

import agent_options
import checks

PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md")), PROJECT / "clients" / "agent.py"]
STATUS_PAGE = PROJECT / "src" / "main" / "resources" / "dev" / "lander" / "admin" / "index.html"
EXAMPLE = re.compile(r"^ +(?:python3 clients/)?agent\.py (.*)$", re.MULTILINE)
ON_THE_PAGE = re.compile(r"<code>python3 clients/agent\.py (.*)</code>")
OF_FILES = ("--tls-ca", "--tls-cert", "--tls-key", "--token-file")


def examples() -> list[str]:
    page = re.sub(r"<(?!/?code).*?>", "", STATUS_PAGE.read_text(encoding="utf-8"))
    shown = [html.unescape(line).replace("HOST:PORT", "lb1:9988") for line in ON_THE_PAGE.findall(page)]
    assert shown, "the status page has none"
    return shown + [line for file in PAGES for line in EXAMPLE.findall(file.read_text(encoding="utf-8"))]


def words(line: str) -> list[str]:
    """Its options, without those that name a file, which is not here, and without the server's command."""
    given = shlex.split(line.split(" -- ")[0], comments=True)
    for option in OF_FILES:
        while option in given:
            del given[given.index(option) : given.index(option) + 2]
    return given


class ExamplesTest(unittest.TestCase):
    def test_they_are_command_lines_of_the_agent(self) -> None:
        lines = examples()
        self.assertGreater(len(lines), 8)
        for line in lines:
            with self.subTest(line):
                agent_options.parse(words(line), "")  # else it ends the program

    def test_none_has_a_poorer_check_than_the_server_would_get_without(self) -> None:
        for line in examples():
            options = agent_options.parse(words(line), "")
            usual = checks.default(options.protocol, options.port, elsewhere=False)
            with self.subTest(line):
                self.assertFalse(options.check_with == "tcp" and usual != "tcp")


if __name__ == "__main__":
    unittest.main()
