"""Which entries of a made site are out: those whose day has come, reports one after the other."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from duban.samples.site import Entry, Site

_FIRST_SHOWN = 6


class Posting:
    """Nothing dated after `today` (ISO day) is out; without it, every day has come.

    With `is_slow` the last year's worth of reports is held back but for the first few, to be
    released one by one; `memory` is the file that remembers how many are out, so that a later
    start goes on from there.
    """

    def __init__(
        self, site: Site, memory: Path, *, is_slow: bool, today: Callable[[], str] | None = None
    ) -> None:
        self._memory = memory
        self._today = today
        self._lock = threading.Lock()
        self._reports = sorted((e for e in site.entries if e.report), key=lambda e: e.date)
        self._place = {entry.href: place for place, entry in enumerate(self._reports)}
        self._out = self._remembered() if is_slow else len(self._reports)

    @property
    def last_year(self) -> int:
        """The newest report year of the site; 0 where there is none."""
        return max((entry.year or 0 for entry in self._reports), default=0)

    @property
    def waiting(self) -> int:
        """How many reports are held back whose day has come."""
        with self._lock:
            return max(0, self._due() - self._out)

    def release_one(self) -> bool:
        """Puts the next report out; false when none is held back."""
        with self._lock:
            if self._out >= self._due():
                return False
            self._out += 1
            self._remember()
            return True

    def is_out(self, entry: Entry) -> bool:
        """Whether an entry, and the files it leads to, can be seen."""
        if self._today is not None and entry.date > self._today():
            return False
        with self._lock:
            return not entry.report or self._place[entry.href] < self._out

    def _due(self) -> int:
        """How many reports bear no later day than today."""
        if self._today is None:
            return len(self._reports)
        today = self._today()
        return sum(entry.date <= today for entry in self._reports)

    def _remembered(self) -> int:
        try:
            out = int(json.loads(self._memory.read_bytes())["out"])
            return max(0, min(out, len(self._reports)))
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            a_year = max(Counter(entry.year for entry in self._reports).values(), default=0)
            return max(0, self._due() - max(0, a_year - _FIRST_SHOWN))

    def _remember(self) -> None:
        part = self._memory.with_suffix(".json.part")
        part.write_text(json.dumps({"out": self._out}) + "\n", "utf-8")
        part.replace(self._memory)
