"""What a roster file states, before anything of it is checked."""

from __future__ import annotations

from typing import Any, NamedTuple

from duban.crawler.roster_fault import Fault

LISTS = frozenset({"short_names", "former_names", "columns", "hosts"})
WAIVED = "waived"


class Value(NamedTuple):
    """What a file gives for a key: a text, several texts, None for nothing; anything else as is."""

    given: Any
    line: int


class Entry(NamedTuple):
    """One agency as the file states it; not `whole` where a fault of its form was told already."""

    line: int
    values: dict[str, Value]
    whole: bool = True

    def text(self, key: str) -> str | None:
        """The text of a key, None where it has none."""
        value = self.values.get(key)
        return value.given if value is not None and isinstance(value.given, str) else None

    def line_of(self, key: str) -> int:
        """Where a key stands, or the entry where it does not have it."""
        value = self.values.get(key)
        return value.line if value is not None else self.line


class Source(NamedTuple):
    """The entries of a file, the address its relative columns belong to, and faults of its form."""

    entries: list[Entry]
    site: Value | None
    faults: list[Fault]
