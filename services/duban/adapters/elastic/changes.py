"""What events change, one change after the other, before it becomes documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from duban.adapters.elastic.mappings import Model
from duban.adapters.elastic.state import Version
from duban.adapters.embedded.moment import micros
from duban.ports import Recorded


class Subject(msgspec.Struct, frozen=True):
    """What a document is about; `key` routes it."""

    model: Model
    key: str
    id: str


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """The next document of a subject.

    `ends` is the moment at which the one before it ended, where it stays as history; else it is
    written over. A `patch` keeps the other fields of the one before.
    """

    number: int
    from_us: int
    fields: Mapping[str, Any]
    ends: int | None = None
    is_patch: bool = False
    recorded: Recorded


class Changes:
    """The changes of a batch, in order, by subject; numbers begin above those of `there`."""

    def __init__(self, there: Mapping[Subject, int]) -> None:
        self.of: dict[Subject, list[Change]] = {}
        self._there = there

    def put(
        self,
        subject: Subject,
        before: Version,
        recorded: Recorded,
        fields: Mapping[str, Any],
        *,
        patch: bool = False,
    ) -> Version:
        """Let the subject be so from the event on.

        What was so for no time at all (an event and what follows from it bear the same time) is
        written over, so that one answer stands for each moment; a clock set back never makes a
        document end before it began.
        """
        at_us = micros(recorded.event.at)
        is_over = before.number == 0 or at_us > before.from_us
        after = Version(self._next(subject, before), at_us if is_over else before.from_us)
        ends = at_us if is_over and before.number else None
        fields = {**fields, "position": recorded.position}
        self._add(subject, after, fields, ends=ends, is_patch=patch, recorded=recorded)
        return after

    def touch(
        self, subject: Subject, before: Version, recorded: Recorded, fields: Mapping[str, Any]
    ) -> Version:
        """Write some fields anew that say nothing of the subject itself."""
        after = Version(self._next(subject, before), before.from_us)
        self._add(subject, after, fields, ends=None, is_patch=True, recorded=recorded)
        return after

    def _next(self, subject: Subject, before: Version) -> int:
        return max(before.number, self._there.get(subject, 0)) + 1

    def _add(
        self,
        subject: Subject,
        after: Version,
        fields: Mapping[str, Any],
        *,
        ends: int | None,
        is_patch: bool,
        recorded: Recorded,
    ) -> None:
        change = Change(
            number=after.number,
            from_us=after.from_us,
            fields=fields,
            ends=ends,
            is_patch=is_patch,
            recorded=recorded,
        )
        self.of.setdefault(subject, []).append(change)
