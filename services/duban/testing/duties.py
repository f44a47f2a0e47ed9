"""Obligations told in a few words, for tests of the rules."""

from __future__ import annotations

from typing import Any

import msgspec

from duban.domain.obligation import Obligation, Posted

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
