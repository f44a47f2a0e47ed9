"""How the report of a year stands after an event, in whichever index it is kept.

Each function gives what stands next, some None where the event says nothing newer.
"""

from __future__ import annotations

from msgspec.structs import replace

from duban.adapters.embedded.moment import micros
from duban.adapters.embedded.standing import Assessed, Due, Read, Refused, Standing
from duban.domain import event as events
from duban.ports import Recorded


def is_news(before: Read | Refused | None, recorded: Recorded) -> bool:
    """Whether the event comes after the one that a reading or refusal was told by."""
    return before is None or before.position < recorded.position


def read(
    before: Standing,
    recorded: Recorded,
    body: events.ReportRead,
    *,
    posted_us: int,
    is_gone: bool,
    document: int = 0,
    words: str = "",
) -> Standing:
    """What was read; `is_gone`: the bytes were withdrawn before they were read."""
    earlier = before.read
    still_gone = earlier is not None and earlier.is_gone and earlier.posted_id == body.posted_id
    now = Read(
        position=recorded.position,
        posted_id=body.posted_id,
        document=document,
        words=words,
        sha256=body.sha256,
        media=body.media,
        document_sha256=body.document_sha256,
        posted_us=posted_us,
        title=body.report.title or "",
        url=body.url,
        published_on=body.published_on or body.report.published_on,
        is_gone=is_gone or still_gone,
    )
    return replace(before, read=now)


def refused(
    before: Standing,
    recorded: Recorded,
    body: events.ReportRejected,
    *,
    posted_us: int,
    is_gone: bool,
) -> Standing:
    """What could not be read."""
    now = Refused(
        position=recorded.position,
        sha256=body.sha256,
        media=body.media,
        reason=body.reason,
        posted_us=posted_us,
        url=body.url,
        is_gone=is_gone,
    )
    return replace(before, refused=now)


def withdrawn(before: Standing, recorded: Recorded, url: str) -> Standing:
    """What stood at an address stands there no more, unless it was found there since then."""
    read, refused, at_us = before.read, before.refused, micros(recorded.event.at)
    if read and read.url == url and read.posted_us < at_us:
        read = replace(read, is_gone=True)
    if refused and refused.url == url and refused.posted_us < at_us:
        refused = replace(refused, is_gone=True)
    return replace(before, read=read, refused=refused)


def left(before: Standing, url: str) -> Standing | None:
    """The report of another year stands where this one was read."""
    if before.read is None or before.read.url != url:
        return None
    return replace(before, read=replace(before.read, is_gone=True))


def assessed(before: Standing, body: events.ReportAssessed) -> Standing | None:
    """The report, or its absence, was judged."""
    if before.assessed is not None and before.assessed.revision >= body.revision:
        return None
    now = Assessed(
        revision=body.revision,
        sha256=body.sha256,
        rulebook=body.rulebook,
        coverage=body.coverage,
        errors=body.errors,
        warnings=body.warnings,
        infos=body.infos,
    )
    return replace(before, assessed=now)


def due(before: Standing, body: events.ObligationDue) -> Standing | None:
    """The calendar told how the duty for the year stands."""
    if before.due is not None and before.due.revision >= body.revision:
        return None
    return replace(before, due=Due(revision=body.revision, obligation=body.obligation))


def found_us(recorded: Recorded, body: events.ReportRead | events.ReportRejected) -> int:
    """When the bytes were found, or else read."""
    return micros(body.found_at or recorded.event.at)
