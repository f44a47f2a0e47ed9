"""How far a long check has come, on standard error."""

from __future__ import annotations

import sys
import time
from typing import Self

_BEFORE_FIRST_S = 1.0
_BETWEEN_LINES_S = 10.0


class Progress:
    """Says nothing for a second; then one line that renews itself, or a line now and then in a
    log.
    """

    def __init__(self, total: int, language: str) -> None:
        self._total, self._done = total, 0
        self._words = ("已检查 {} / {} 份", "{} of {} checked")[language == "en"]
        self._started = self._last = time.monotonic()
        self._is_terminal = sys.stderr.isatty()
        self._shown = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.clear()

    def step(self) -> None:
        """One more document is done."""
        self._done += 1
        self.show()

    def show(self) -> None:
        """Tell the state, if it is time to."""
        now = time.monotonic()
        if now - self._started < _BEFORE_FIRST_S:
            return
        text = self._words.format(self._done, self._total)
        if self._is_terminal:
            self.clear()
            sys.stderr.write(text)
            self._shown = len(text) * 2  # a Chinese character is two columns wide
        elif now - self._last >= (_BETWEEN_LINES_S if self._shown else 0):
            sys.stderr.write(text + "\n")
            self._shown, self._last = 1, now
        sys.stderr.flush()

    def clear(self) -> None:
        """Take the line away before something else is printed."""
        if self._is_terminal and self._shown:
            sys.stderr.write("\r" + " " * self._shown + "\r")
            sys.stderr.flush()
            self._shown = 0
