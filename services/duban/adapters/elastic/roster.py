"""The agencies of a moment, all at once: whom a scope shows, and what they are called."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from duban.adapters.elastic.asking import Asking, Query, Search, live
from duban.domain.view import Scope

_FIELDS = ("agency_id", "agency", "agency_kind", "agency_parent", "shown")


class Member(msgspec.Struct, frozen=True):
    """An agency, shown or not."""

    name: str
    kind: str
    parent: str | None
    is_shown: bool


class Roster:
    """Every agency that anything was told of, by id."""

    def __init__(self, members: Mapping[str, Member]) -> None:
        self.members = members
        self._hidden = [key for key, one in members.items() if not one.is_shown]
        self._below: dict[str, list[str]] = defaultdict(list)
        for key, one in members.items():
            if one.parent is not None:
                self._below[one.parent].append(key)

    def visible(self, scope: Scope, *, of_kind: bool = True) -> Mapping[str, Member]:
        """The agencies of a scope.

        A jurisdiction holds the named agencies and all below them through `parent`; it may name a
        unit that is itself no agency. Without `of_kind` the kind asked for is no condition.
        """
        keys = self.members if scope.jurisdictions is None else self._under(scope.jurisdictions)
        kind = scope.kind if of_kind else None
        return {
            key: one
            for key in keys
            if (one := self.members.get(key)) and one.is_shown and kind in (None, "", one.kind)
        }

    def mine(self, scope: Scope, field: str = "agency_id") -> list[Query]:
        """The condition that a document is of an agency of the scope.

        Where nothing narrows the scope the few that are not shown are left out.
        """
        if not is_everywhere(scope):
            return [{"terms": {field: sorted(self.visible(scope))}}]
        if not self._hidden:
            return []
        return [{"bool": {"must_not": [{"terms": {field: self._hidden}}]}}]

    def _under(self, roots: Sequence[str]) -> set[str]:
        found: set[str] = set()
        todo = list(roots)
        while todo:
            key = todo.pop()
            if key not in found:
                found.add(key)
                todo += self._below.get(key, ())
        return found


class Rosters:
    """The roster as it is now, read anew only where it changed, and as it was known."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._reading = threading.Lock()
        self._mark: tuple[float, int] | None = None
        self._now = Roster({})

    def at(self, scope: Scope) -> Roster:
        """The roster of the moment that the scope asks for."""
        if scope.known_at is not None:
            return self._read(scope)
        with self._reading:
            mark = self._change()
            if mark != self._mark:
                self._now = self._read(scope)
                self._mark = mark
            return self._now

    def _change(self) -> tuple[float, int]:
        """What is another whenever a document of the roster was written."""
        counting = Search(
            model="agencies",
            filters=live(Scope()),
            counts=True,
            aggs={"written": {"sum": {"field": "number"}}},
        )
        found = self._asking.one(counting)
        return found.aggs["written"]["value"], found.total

    def _read(self, scope: Scope) -> Roster:
        search = Search(model="agencies", filters=live(scope), sort=("agency_id",), fields=_FIELDS)
        return Roster(
            {
                one["agency_id"]: Member(
                    one["agency"], one["agency_kind"], one.get("agency_parent"), one["shown"]
                )
                for one in self._asking.every(search)
            }
        )


def is_everywhere(scope: Scope) -> bool:
    """Whether agencies are left out for no other reason than that they are not shown at all."""
    return scope.jurisdictions is None and not scope.kind
