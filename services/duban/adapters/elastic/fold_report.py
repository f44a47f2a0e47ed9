"""What is known of the report of an agency and year: readings, refusals, judgings, duties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from duban.adapters import report_standing
from duban.adapters.elastic import documents
from duban.adapters.elastic.changes import Subject
from duban.adapters.elastic.state import KeptReport, KeyState, Place, Version
from duban.adapters.embedded.moment import micros
from duban.adapters.embedded.standing import Standing
from duban.domain import event as events
from duban.ports import Recorded


class Folding(Protocol):
    """What takes events."""

    states: Mapping[str, KeyState]

    def heard_of(self, recorded: Recorded, agency_id: str) -> KeyState: ...

    def put(
        self,
        subject: Subject,
        before: Version,
        recorded: Recorded,
        fields: Mapping[str, Any],
        *,
        patch: bool = False,
    ) -> Version: ...


def reading(fold: Folding, recorded: Recorded, body: events.ReportRead) -> None:
    """The report was read; a newer reading replaces an older one."""
    state = fold.heard_of(recorded, body.agency_id)
    kept = state.report(body.year)
    if not report_standing.is_news(kept.standing.read, recorded):
        return
    _leave(fold, recorded, body)
    kept.standing = report_standing.read(  # the words lie with the reading
        kept.standing,
        recorded,
        body,
        posted_us=report_standing.found_us(recorded, body),
        is_gone=_is_gone(state, recorded, body),
    )
    subject = Subject("readings", body.agency_id, f"{body.agency_id}/{body.year}")
    fields = documents.reading(body, kept, recorded.event)
    kept.reading = fold.put(subject, kept.reading, recorded, fields)
    kept.reading_stands = fields["stands"]
    _stand(fold, recorded, body.agency_id, body.year, kept.standing)


def refusal(fold: Folding, recorded: Recorded, body: events.ReportRejected) -> None:
    """Bytes of a report could not be read."""
    if body.status != "unreadable" or body.agency_id is None or body.year is None:
        return
    state = fold.heard_of(recorded, body.agency_id)
    before = state.report(body.year).standing
    if report_standing.is_news(before.refused, recorded):
        now = report_standing.refused(
            before,
            recorded,
            body,
            posted_us=report_standing.found_us(recorded, body),
            is_gone=_is_gone(state, recorded, body),
        )
        _stand(fold, recorded, body.agency_id, body.year, now)


def withdrawal(fold: Folding, recorded: Recorded, body: events.ReportWithdrawn) -> None:
    """Whatever stood at the address stands there no more; what it was stays known."""
    state = fold.states[body.agency_id]
    place = state.places.setdefault(body.url, Place())
    place.gone_us = max(place.gone_us or 0, micros(recorded.event.at))
    for year, kept in state.reports.items():
        now = report_standing.withdrawn(kept.standing, recorded, body.url)
        if now != kept.standing:
            _stand(fold, recorded, body.agency_id, int(year), now)


def assessment(fold: Folding, recorded: Recorded, body: events.ReportAssessed) -> None:
    """The report, or its absence, was judged."""
    before = fold.heard_of(recorded, body.agency_id).report(body.year).standing
    now = report_standing.assessed(before, body)
    if now is not None:
        _stand(fold, recorded, body.agency_id, body.year, now)


def duty(fold: Folding, recorded: Recorded, body: events.ObligationDue) -> None:
    """The calendar told how the duty for the year stands."""
    year = body.obligation.year
    kept = fold.heard_of(recorded, body.agency_id).report(year)
    now = report_standing.due(kept.standing, body)
    if now is None:
        return
    subject = Subject("obligations", body.agency_id, f"{body.agency_id}/{year}")
    kept.duty = fold.put(subject, kept.duty, recorded, documents.obligation(body))
    _stand(fold, recorded, body.agency_id, year, now)


def count_rules(fold: Folding, recorded: Recorded, agency_id: str, year: int) -> None:
    """The report tells which rules have an open finding in it."""
    kept = fold.states[agency_id].report(year)
    rules = {f"{one.rule}|{one.severity}" for one in kept.findings.values() if one.is_open}
    if kept.rules != (now := tuple(sorted(rules))):
        kept.rules = now
        _write(fold, recorded, agency_id, year, kept)


def _stand(fold: Folding, recorded: Recorded, agency_id: str, year: int, now: Standing) -> None:
    kept = fold.states[agency_id].report(year)
    kept.standing = now
    _write(fold, recorded, agency_id, year, kept)
    stands = now.present is not None
    if kept.reading.number and kept.reading_stands != stands:
        subject = Subject("readings", agency_id, f"{agency_id}/{year}")
        kept.reading = fold.put(subject, kept.reading, recorded, {"stands": stands}, patch=True)
        kept.reading_stands = stands


def _write(fold: Folding, recorded: Recorded, agency_id: str, year: int, kept: KeptReport) -> None:
    subject = Subject("reports", agency_id, f"{agency_id}/{year}")
    kept.version = fold.put(subject, kept.version, recorded, documents.report(year, kept))


def _leave(fold: Folding, recorded: Recorded, body: events.ReportRead) -> None:
    """The report of another year stands no more where this one stands."""
    if body.url is None:
        return
    state = fold.states[body.agency_id]
    place = state.places.setdefault(body.url, Place())
    before, place.year = place.year, body.year
    if before in (None, body.year):
        return
    now = report_standing.left(state.report(before).standing, body.url)
    if now is not None:
        _stand(fold, recorded, body.agency_id, before, now)


def _is_gone(
    state: KeyState, recorded: Recorded, body: events.ReportRead | events.ReportRejected
) -> bool:
    """Whether the bytes were withdrawn after they were found, before they were read."""
    place = state.places.get(body.url) if body.url is not None else None
    gone_us = place.gone_us if place is not None else None
    return gone_us is not None and report_standing.found_us(recorded, body) < gone_us
