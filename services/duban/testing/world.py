"""One whole profile, as the contracts of index and runner see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from duban.domain.event import Event
from duban.domain.view import FindingQuery, Scope
from duban.ports import EventLog, Index, Recorded, StateStore


@dataclass(frozen=True, kw_only=True)
class World:
    """A log, what is remembered, the read models, and `run`, which handles all there is."""

    log: EventLog
    states: StateStore
    index: Index
    run: Callable[[], None]

    def take(self, *facts: Event) -> None:
        """Record facts and handle all that follows from them."""
        self.log.append(facts)
        self.run()

    def history(self) -> list[Recorded]:
        """Everything that was recorded, in order of position."""
        topics = [self.log.read(t, limit=100_000) for t in ("posted", "facts", "conclusions")]
        return sorted((one for topic in topics for one in topic), key=lambda one: one.position)

    def conclusions(self) -> dict[str, Event]:
        """What followed, by id."""
        found = [one.event for one in self.log.read("conclusions", limit=100_000)]
        assert len({event.id for event in found}) == len(found)
        return {event.id: event for event in found}

    def answers(self) -> dict[str, object]:
        """What every page would show, apart from positions."""
        overview = self.index.overview(Scope())
        every = FindingQuery(open_only=False, order="agency", limit=10_000)
        matrix = self.index.matrix(Scope())
        return {
            "matrix": matrix,
            "findings": self.index.findings(every),
            "rejected": self.index.rejected(Scope()),
            "figures": (
                overview.ledger.owed,
                overview.ledger.compliant,
                overview.ledger.failing,
                overview.ledger.unreadable,
            ),
            "rules": overview.by_rule,
            "reports": [self.index.report(row.agency_id, row.year, Scope()) for row in matrix],
        }
