"""Obligations told in a few words, and a calendar that knows no more than it is told."""

from __future__ import annotations

from typing import Any

import msgspec

from duban.domain.event import Body, Event, ObligationDue
from duban.domain.obligation import Obligation, Posted
from duban.processors.duty import Duty, duty_part
from duban.processors.processor import State

#: Given in this way, a field stands for others; each of the rest is a field of `Obligation`.
_SHORT = ("posted",)


def duty(year: int, given: dict[str, Any]) -> Obligation:
    """A town's duty: due on 31 January of the year after, the report present, unless said else.

    `posted` is the printed day, or a list of two: absent when last read before the first (null:
    never read before), first seen on the second.
    """
    usual = Obligation(
        year=year,
        stage="present",
        due_on=f"{year + 1}-01-31",
        opens_on=f"{year + 1}-01-01",
        basis="A49",
    )
    fields = {name: value for name, value in given.items() if name not in _SHORT}
    if unknown := fields.keys() - set(Obligation.__struct_fields__):
        raise ValueError(f"unknown fields of an obligation: {sorted(unknown)}")
    return msgspec.structs.replace(usual, posted=_posted(given.get("posted")), **fields)


def _posted(given: str | list[str | None] | None) -> Posted | None:
    match given:
        case None:
            return None
        case str():
            return Posted(earliest=given, latest=given, by="printed")
        case [earliest, str(latest)]:
            return Posted(earliest=earliest, latest=latest, by="bracket")
        case _:
            raise ValueError(f"posted is a day or two days, not {given!r}")


class Duties:
    """Stands before the evaluator in a chain, and remembers the obligations that are handed in."""

    name = "duties"
    takes: frozenset[type[Body]] = frozenset({ObligationDue})

    def key(self, event: Event) -> str | None:
        return event.key

    def handle(self, event: Event, state: State) -> tuple[State, tuple[Event, ...]]:
        assert isinstance(event.body, ObligationDue)
        part = duty_part(event.body.obligation.year)
        before = state.get(part, Duty)
        if state.has_absorbed(part) or (before and before.obligation == event.body.obligation):
            return state, ()
        revision = before.revision + 1 if before else 1
        return state.put(part, Duty(obligation=event.body.obligation, revision=revision)), ()
