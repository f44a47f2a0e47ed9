"""How far one stage of a long command has come, on standard error."""

from __future__ import annotations

import sys
import time

_BEFORE_FIRST_S = 1.0
_BETWEEN_LINES_S = 10.0
_BETWEEN_RENEWALS_S = 0.2


class Stage:
    """Says nothing for a second; then one line that renews itself, or a line now and then in a
    log. Call it with how much is done, and of how much.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._is_terminal = sys.stderr.isatty()
        self._next = time.monotonic() + _BEFORE_FIRST_S
        self._width = 0

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + (_BETWEEN_RENEWALS_S if self._is_terminal else _BETWEEN_LINES_S)
        share = min(100, done * 100 // total) if total else 100
        text = f"{self._name} {share}%（{done} / {total}）"
        if self._is_terminal:
            self.clear()
            sys.stderr.write(text)
            self._width = len(text) * 2  # a Chinese character is two columns wide
        else:
            sys.stderr.write(text + "\n")
        sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away before something else is printed."""
        if self._width:
            sys.stderr.write("\r" + " " * self._width + "\r")
            sys.stderr.flush()
            self._width = 0


class Stages:
    """One stage after the other, each told by its name."""

    def __init__(self) -> None:
        self._name = ""
        self._stage = Stage("")

    def __call__(self, name: str, done: int, total: int) -> None:
        if name != self._name:
            self.clear()
            self._name, self._stage = name, Stage(name)
        self._stage(done, total)

    def clear(self) -> None:
        """Take the line away before something else is printed."""
        self._stage.clear()
