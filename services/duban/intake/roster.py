"""The agencies of a moment, found by id and by what a report calls them."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from duban.domain.agency import Agency
from duban.domain.text import normal

_LEAST_NAME = 5  # a bare 财政局 may be anybody's


class Roster:
    """Finds agencies without going through all of them: a province has nine thousand."""

    def __init__(self, agencies: Sequence[Agency]) -> None:
        self.agencies = agencies

    def __contains__(self, agency_id: object) -> bool:
        return agency_id in self._ids

    def named(self, name: str | None) -> str | None:
        """The one agency of a full, short or former name, also with the names of higher places."""
        words = normal(name or "")
        if not words:
            return None
        found = self._by_name.get(words) or set(self._within(words))
        return next(iter(found)) if len(found) == 1 else None

    def _within(self, words: str) -> Iterator[str]:
        """Those whose full name ends the words, or is ended by them."""
        for begin in range(1, len(words)):
            yield from self._by_full_name.get(words[begin:], ())
        if len(words) < _LEAST_NAME:
            return
        backwards = words[::-1]
        for number in range(bisect_left(self._backwards, backwards), len(self._backwards)):
            if not self._backwards[number].startswith(backwards):
                return
            yield from self._by_full_name[self._backwards[number][::-1]]

    @cached_property
    def _ids(self) -> frozenset[str]:
        return frozenset(agency.id for agency in self.agencies)

    @cached_property
    def _by_full_name(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for agency in self.agencies:
            found[normal(agency.name)].add(agency.id)
        return dict(found)

    @cached_property
    def _by_name(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for agency in self.agencies:
            for name in (agency.name, *agency.short_names, *agency.former_names):
                found[normal(name)].add(agency.id)
        return dict(found)

    @cached_property
    def _backwards(self) -> list[str]:
        """The full names, each from its end to its beginning: those of one ending lie together."""
        return sorted(name[::-1] for name in self._by_full_name)
