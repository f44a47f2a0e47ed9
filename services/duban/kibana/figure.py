"""What a panel shows, as data: which documents, in which groups, and what is counted of them."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from duban.kibana.condition import SHOWN, Condition, fields


class Count(msgspec.Struct, frozen=True):
    """How many documents; `only` counts those alone."""

    label: str
    only: Condition | None = None


class Total(msgspec.Struct, frozen=True):
    """The sum of a field over the documents that hold a number there."""

    label: str
    field: str


class Different(msgspec.Struct, frozen=True):
    """How many different values a field has (exact up to a few thousand)."""

    label: str
    field: str


class Latest(msgspec.Struct, frozen=True):
    """The latest moment in a field."""

    label: str
    field: str


Measure: TypeAlias = Count | Total | Different | Latest


class Each(msgspec.Struct, frozen=True, kw_only=True):
    """A group for each value of a field: the `most` largest, the others together.

    `by_key` orders by the value itself instead. `missing` makes a group of documents without it.
    """

    label: str
    field: str
    most: int
    by_key: Literal["ascending", "descending"] | None = None
    missing: bool = False


class Case(msgspec.Struct, frozen=True):
    """A named group of documents."""

    label: str
    of: Condition


class Cases(msgspec.Struct, frozen=True):
    """Groups in a fixed order, each with its own name."""

    label: str
    cases: tuple[Case, ...]


class Every(msgspec.Struct, frozen=True):
    """A group for each day or month of a field; empty ones are shown."""

    label: str
    field: str
    span: Literal["1d", "1M"]


Group: TypeAlias = Each | Cases | Every


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """The query of a panel: documents of `view` that meet all conditions, grouped and measured.

    `view` is the key of a data view. Groups go from the outside in. `apart`: what is chosen above
    the panels does not apply, because these documents have no such fields.
    """

    view: str
    measures: tuple[Measure, ...]
    groups: tuple[Group, ...] = ()
    where: tuple[Condition, ...] = SHOWN
    apart: bool = False

    def fields(self) -> frozenset[str]:
        """Every field of the index that the query asks for."""
        found = {name for condition in self.where for name in fields(condition)}
        for group in self.groups:
            if isinstance(group, Cases):
                found |= {name for case in group.cases for name in fields(case.of)}
            else:
                found.add(group.field)
        for measure in self.measures:
            if isinstance(measure, Count):
                found |= set(fields(measure.only)) if measure.only else set()
            else:
                found.add(measure.field)
        return frozenset(found)
