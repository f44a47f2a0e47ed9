"""What a change of rules came to: reports judged, findings opened, changed and resolved by rule."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from duban.adapters.embedded.packing import unpack
from duban.adapters.embedded.store import EmbeddedStore
from duban.domain.event import (
    Event,
    FindingChanged,
    FindingOpened,
    FindingResolved,
    ObligationDue,
    ReportAssessed,
    decode,
)

What = Literal["opened", "changed", "resolved"]
Subject = tuple[str, int, str]  # agency, year, fingerprint


class RuleFigures(msgspec.Struct):
    """How many findings of one rule opened, changed and were resolved."""

    opened: int = 0
    changed: int = 0
    resolved: int = 0


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """The sums; `obligations` counts the duties that changed, `set_aside` what failed."""

    reports: int
    obligations: int
    set_aside: int
    rules: dict[str, RuleFigures]

    @property
    def total(self) -> RuleFigures:
        """All rules together."""
        rows = self.rules.values()
        return RuleFigures(
            sum(one.opened for one in rows),
            sum(one.changed for one in rows),
            sum(one.resolved for one in rows),
        )


class Tally:
    """Takes the conclusions that follow from certain events, in their order."""

    def __init__(self, causes: Iterable[str]) -> None:
        self._causes = set(causes)
        self._reports: set[tuple[str, int]] = set()
        self._obligations = 0
        self._findings: list[tuple[What, Subject]] = []
        self._rules: dict[Subject, str] = {}

    def take(self, event: Event) -> bool:
        """Count a conclusion; False where it follows from something else."""
        if event.cause not in self._causes:
            return False
        match event.body:
            case ObligationDue():
                self._causes.add(event.id)
                self._obligations += 1
            case ReportAssessed(agency_id=agency_id, year=year):
                self._reports.add((agency_id, year))
            case FindingOpened(agency_id=agency_id, year=year, finding=finding) as body:
                subject = (agency_id, year, finding.fingerprint)
                self._rules[subject] = finding.rule
                is_change = isinstance(body, FindingChanged)
                self._findings.append(("changed" if is_change else "opened", subject))
            case FindingResolved(agency_id=agency_id, year=year, fingerprint=fingerprint):
                self._findings.append(("resolved", (agency_id, year, fingerprint)))
        return True

    def figures(self, store: EmbeddedStore, *, set_aside: int) -> Figures:
        """The sums; the rule of a finding that was resolved is told by what opened it."""
        unknown = {subject for _, subject in self._findings if subject not in self._rules}
        rules = {**_rules_of(store, unknown), **self._rules}
        found: dict[str, RuleFigures] = {}
        for what, subject in self._findings:
            row = found.setdefault(rules[subject], RuleFigures())
            setattr(row, what, getattr(row, what) + 1)
        return Figures(
            reports=len(self._reports),
            obligations=self._obligations,
            set_aside=set_aside,
            rules=dict(sorted(found.items())),
        )


def _rules_of(store: EmbeddedStore, subjects: set[Subject]) -> dict[Subject, str]:
    """The rule of each finding, from the read models and from what these have not taken in yet."""
    found: dict[Subject, str] = {}
    with store.views.read() as views:
        (position,) = views.execute("SELECT position FROM progress").fetchone()
        for subject in subjects:
            row = views.execute(
                "SELECT rule FROM finding WHERE agency_id = ? AND year = ? AND fingerprint = ? "
                "LIMIT 1",
                subject,
            ).fetchone()
            if row is not None:
                found[subject] = row[0]
    if len(found) < len(subjects):
        found.update(_not_yet_indexed(store, position))
    return found


def _not_yet_indexed(store: EmbeddedStore, position: int) -> dict[Subject, str]:
    with store.history.read() as history:
        rows = history.execute(
            "SELECT packed, body FROM event INDEXED BY event_topic "
            "WHERE topic = 'conclusions' AND position > ? ORDER BY position",
            (position,),
        )
        bodies = (decode(unpack(*row)).body for row in rows)
        return {
            (body.agency_id, body.year, body.finding.fingerprint): body.finding.rule
            for body in bodies
            if isinstance(body, FindingOpened)
        }
