"""How landerctl.py ends: its exit statuses, which its help explains, and what leads to them."""

from __future__ import annotations

EXIT_NOT_DONE = 1
EXIT_USAGE = 2
EXIT_UNREACHABLE = 3
EXIT_NOT_REGISTERED = 4


class Failed(Exception):
    """A command could not be done: its text is for the user, `status` is the exit status."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status


def reason(error: Exception) -> object:
    """Without the number that an OSError has."""
    return getattr(error, "strerror", None) or error
