"""Two files of read models side by side: where their canonical texts differ."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator

import msgspec

from duban.adapters.embedded import views_export
from duban.adapters.embedded.views_export import Line

_SHOWN = 3


class Difference(msgspec.Struct, frozen=True):
    """A document as each side has it; None where a side has it not."""

    before: str | None
    after: str | None


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """The documents of one kind on both sides, how many differ, and the first of those."""

    kind: str
    before: int
    after: int
    before_sha256: str
    after_sha256: str
    missing: int = 0
    added: int = 0
    changed: int = 0
    first: tuple[Difference, ...] = ()

    @property
    def is_equal(self) -> bool:
        """Whether both texts are the same, byte by byte."""
        return (self.before, self.before_sha256) == (self.after, self.after_sha256)


def compare(before: sqlite3.Connection, after: sqlite3.Connection) -> tuple[Comparison, ...]:
    """All kinds of document of two files, by name of the kind."""
    mine, theirs = views_export.kinds(before), views_export.kinds(after)
    found = []
    for kind in sorted({*mine, *theirs}):
        said = views_export.Said()
        one = views_export.lines(before, kind, said) if kind in mine else iter(())
        other = views_export.lines(after, kind, said) if kind in theirs else iter(())
        found.append(compare_lines(kind, one, other))
    return tuple(found)


class _Side:
    """One side of the walk: the line in hand, and all that went before."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self._hash = hashlib.sha256()
        self.count = -1
        self.line: Line | None = None
        self.go_on()

    def go_on(self) -> None:
        self.line = next(self._lines, None)
        self.count += 1
        if self.line is not None:
            self._hash.update(self.line.text + b"\n")

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


def compare_lines(kind: str, before: Iterator[Line], after: Iterator[Line]) -> Comparison:
    """The documents of one kind, both sides in the same order."""
    mine, theirs = _Side(before), _Side(after)
    missing = added = changed = 0
    first: list[Difference] = []
    while mine.line is not None or theirs.line is not None:
        one, other = mine.line, theirs.line
        if one is not None and (other is None or one.key < other.key):
            missing, other = missing + 1, None
            mine.go_on()
        elif other is not None and (one is None or other.key < one.key):
            added, one = added + 1, None
            theirs.go_on()
        else:
            mine.go_on()
            theirs.go_on()
            if one is not None and other is not None and one.text == other.text:
                continue
            changed += 1
        if len(first) < _SHOWN:
            first.append(Difference(_words(one), _words(other)))
    return Comparison(
        kind=kind,
        before=mine.count,
        after=theirs.count,
        before_sha256=mine.hexdigest(),
        after_sha256=theirs.hexdigest(),
        missing=missing,
        added=added,
        changed=changed,
        first=tuple(first),
    )


def _words(line: Line | None) -> str | None:
    return line.text.decode() if line is not None else None
