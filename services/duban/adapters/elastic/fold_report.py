"""What is known of the report of an agency and year: readings, refusals, judgings, duties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from duban.adapters.elastic import documents
from duban.adapters.elastic.changes import Subject
from duban.adapters.elastic.state import KeptReport, KeyState, Place, Version
from duban.adapters.embedded.moment import micros
from duban.adapters.embedded.standing import Assessed, Due, Read, Refused, Standing
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
    earlier = kept.standing.read
    if earlier is not None and earlier.position >= recorded.position:
        return
    _leave(fold, recorded, body)
    found_at = body.found_at or recorded.event.at
    read = Read(
        position=recorded.position,
        posted_id=body.posted_id,
        document=0,  # the words lie with the reading
        words="",
        sha256=body.sha256,
        media=body.media,
        document_sha256=body.document_sha256,
        posted_us=micros(found_at),
        title=body.report.title or "",
        url=body.url,
        published_on=body.published_on or body.report.published_on,
        is_gone=_is_gone(state, recorded, body)
        or (earlier is not None and earlier.is_gone and earlier.posted_id == body.posted_id),
    )
    kept.standing = msgspec.structs.replace(kept.standing, read=read)
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
    if before.refused is not None and before.refused.position >= recorded.position:
        return
    refused = Refused(
        position=recorded.position,
        sha256=body.sha256,
        media=body.media,
        reason=body.reason,
        posted_us=micros(body.found_at or recorded.event.at),
        url=body.url,
        is_gone=_is_gone(state, recorded, body),
    )
    now = msgspec.structs.replace(before, refused=refused)
    _stand(fold, recorded, body.agency_id, body.year, now)


def withdrawal(fold: Folding, recorded: Recorded, body: events.ReportWithdrawn) -> None:
    """Whatever stood at the address stands there no more; what it was stays known."""
    state = fold.states[body.agency_id]
    place = state.places.setdefault(body.url, Place())
    place.gone_us = max(place.gone_us or 0, micros(recorded.event.at))
    for year, kept in state.reports.items():
        read, refused = kept.standing.read, kept.standing.refused
        if read and read.url == body.url and read.position < recorded.position:
            read = msgspec.structs.replace(read, is_gone=True)
        if refused and refused.url == body.url and refused.position < recorded.position:
            refused = msgspec.structs.replace(refused, is_gone=True)
        now = msgspec.structs.replace(kept.standing, read=read, refused=refused)
        if now != kept.standing:
            _stand(fold, recorded, body.agency_id, int(year), now)


def assessment(fold: Folding, recorded: Recorded, body: events.ReportAssessed) -> None:
    """The report, or its absence, was judged."""
    before = fold.heard_of(recorded, body.agency_id).report(body.year).standing
    if before.assessed is not None and before.assessed.revision >= body.revision:
        return
    assessed = Assessed(
        revision=body.revision,
        sha256=body.sha256,
        rulebook=body.rulebook,
        coverage=body.coverage,
        errors=body.errors,
        warnings=body.warnings,
        infos=body.infos,
    )
    now = msgspec.structs.replace(before, assessed=assessed)
    _stand(fold, recorded, body.agency_id, body.year, now)


def duty(fold: Folding, recorded: Recorded, body: events.ObligationDue) -> None:
    """The calendar told how the duty for the year stands."""
    year = body.obligation.year
    kept = fold.heard_of(recorded, body.agency_id).report(year)
    before = kept.standing
    if before.due is not None and before.due.revision >= body.revision:
        return
    subject = Subject("obligations", body.agency_id, f"{body.agency_id}/{year}")
    kept.duty = fold.put(subject, kept.duty, recorded, documents.obligation(body))
    due = Due(revision=body.revision, obligation=body.obligation)
    _stand(fold, recorded, body.agency_id, year, msgspec.structs.replace(before, due=due))


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
    standing = state.report(before).standing
    if standing.read is not None and standing.read.url == body.url:
        read = msgspec.structs.replace(standing.read, is_gone=True)
        now = msgspec.structs.replace(standing, read=read)
        _stand(fold, recorded, body.agency_id, before, now)


def _is_gone(
    state: KeyState, recorded: Recorded, body: events.ReportRead | events.ReportRejected
) -> bool:
    """Whether the bytes were withdrawn after they were found, before they were read."""
    place = state.places.get(body.url) if body.url is not None else None
    found_at = body.found_at or recorded.event.at
    return place is not None and place.gone_us is not None and micros(found_at) < place.gone_us
