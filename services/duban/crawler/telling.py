"""The facts about looking: what an address showed, told on change or once a day.

Only a column whose list pages were all read shows that a report is not there; whatever leaves a
doubt makes the reading less than whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone
from typing import Literal
from uuid import uuid4

import msgspec

from duban.crawler.address import BlockedError
from duban.crawler.follow import NotThereError
from duban.crawler.memory import Memory, Said, Told
from duban.crawler.readings import Pair
from duban.domain.agency import Agency
from duban.domain.event import Event, PageChecked, record
from duban.errors import FetchError

Outcome = Literal["read", "unchanged", "failed", "blocked"]
_TOGETHER = 20  # columns
_SHANGHAI = timezone(timedelta(hours=8))


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What asking for an address came to; `told` are the agencies and years of each link."""

    url: str
    outcome: Outcome
    whole: bool = False
    told: Sequence[frozenset[Pair]] = ()
    error: FetchError | str | None = None


class Tellings:
    """Facts about the columns of one site, stored some at a time: each storing costs a sync.

    What was told of a column is remembered in the same step, so that what is lost with the
    process is told by the next round.
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._events: list[Event] = []
        self._said: list[tuple[str, Said]] = []

    def add(self, look: Look, agencies: Iterable[Agency], now: datetime) -> None:
        """Take what is news of a look."""
        events, said = tell(look, agencies, self._memory, now)
        if events:
            self._events += events
            self._said.append((look.url, said))
        if len(self._said) >= _TOGETHER:
            self.store()

    def store(self) -> None:
        """Record what was taken and not yet stored."""
        if self._events:
            self._memory.store(self._events, self._said)
        self._events, self._said = [], []


def outcome_of(error: FetchError) -> Outcome:
    """A site that refuses us is not a site that fails."""
    return "blocked" if isinstance(error, BlockedError) else "failed"


def tell(
    look: Look, agencies: Iterable[Agency], memory: Memory, now: datetime
) -> tuple[list[Event], Said]:
    """The facts that are news, one for each agency concerned, and what was said with them."""
    said = dict(memory.get(look.url, Said).agencies)
    day = now.astimezone(_SHANGHAI).date().isoformat()
    events = []
    for agency in agencies:
        body = _body(look, agency.id)
        news = Told(f"{body.outcome} {body.whole} {body.announced} {body.unclear}", day)
        if said.get(agency.id) != news:
            said[agency.id] = news
            events.append(record(body, id=uuid4().hex, at=now))
    return events, Said(agencies=said)


def _body(look: Look, agency_id: str) -> PageChecked:
    years: set[int] = set()
    unclear = 0
    for pairs in look.told:
        mine = {year for owner, year in pairs if owner in (agency_id, None)}
        unclear += None in mine
        years |= {year for year in mine if year is not None}
    error = look.error
    return PageChecked(
        agency_id=agency_id,
        url=look.url,
        outcome=look.outcome,
        http_status=error.status if isinstance(error, NotThereError) else None,
        links=len(look.told),
        error=str(error) if error else None,
        whole=look.whole,
        announced=tuple(sorted(years)),
        unclear=unclear,
    )
