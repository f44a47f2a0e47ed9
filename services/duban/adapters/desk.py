"""What a person may have done from the pages, over whichever adapters the profile has."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection, Mapping

import msgspec

from duban.domain.agency import infer_kind
from duban.domain.event import Event, ReportPosted, ReportRead, ReportRejected, derived_id, record
from duban.domain.finding import Context, Judgement
from duban.domain.report import Reading, Report
from duban.domain.view import Scope
from duban.ports import BlobStore, Clock, EventLog, Index

_NAME = "desk"
_PAUSE_S = 0.05
_AT_ONCE = 1000


class OfficeDesk:
    """Records what is asked for at the pages; reads and judges drafts without keeping them.

    `read` reads bytes in a confined process, `judge` is the rulebook in force, `retry` has an
    event that was set aside handled again.
    """

    def __init__(
        self,
        *,
        log: EventLog,
        blobs: BlobStore,
        index: Index,
        clock: Clock,
        read: Callable[[bytes], Reading],
        judge: Callable[[Report, Context], Judgement],
        retry: Callable[..., bool],
    ) -> None:
        self._log = log
        self._blobs = blobs
        self._index = index
        self._clock = clock
        self._read = read
        self._judge = judge
        self._retry = retry

    def post(
        self, data: bytes, *, title: str, agency_id: str | None, year: int | None
    ) -> tuple[Event, bool]:
        sha256 = hashlib.sha256(data).hexdigest()
        stands, since = self._standing(agency_id, year)
        body = ReportPosted(
            sha256=sha256,
            bytes=len(data),
            source="upload",
            agency_hint=agency_id,
            year_hint=year,
            title=title,
        )
        # Bytes that were replaced may come back: what stands there now is part of the identity.
        fact_id = derived_id(sha256, _NAME, f"{agency_id}/{year}/{stands}/{since}")
        event = record(body, id=fact_id, at=self._clock.now())
        if stands == sha256:
            return event, False
        self._blobs.put(data)
        return event, self._log.append([event]) == 1

    def _standing(self, agency_id: str | None, year: int | None) -> tuple[str | None, str]:
        """The hash of the report that stands there, and since when."""
        if agency_id is None or year is None:
            return None, ""
        view = self._index.report(agency_id, year, Scope())
        if view is None or view.row.sha256 is None:
            return None, ""
        since = view.row.posted_at
        return view.row.sha256, since.isoformat() if since else ""

    def mark(self) -> int:
        return self._log.head("facts")

    def outcomes(
        self, posted: Collection[str], since: int, timeout_s: float
    ) -> Mapping[str, ReportRead | ReportRejected]:
        found: dict[str, ReportRead | ReportRejected] = {}
        end, last = time.monotonic() + timeout_s, 0
        # The pages must know it too: what is uploaded next is compared with what stands there.
        while len(found) < len(posted) or self._index.position() < last:
            facts = self._log.read("facts", since, _AT_ONCE)
            for fact in facts:
                since, body = fact.position, fact.event.body
                if isinstance(body, ReportRead | ReportRejected) and body.posted_id in posted:
                    found[body.posted_id] = body
                    last = since
            if time.monotonic() >= end:
                break
            if not facts:
                time.sleep(_PAUSE_S)
        return found

    def check(self, data: bytes) -> tuple[Reading, Judgement | None]:
        reading = self._read(data)
        report = reading.report
        if report is None:
            return reading, None
        kind = infer_kind(report.agency) if report.agency else None
        return reading, self._judge(report, msgspec.structs.replace(Context(), kind=kind))

    def retry(self, event_id: str, unit: str, key: str, *, by: str, reason: str) -> bool:
        return self._retry(event_id, unit, key, by=by, reason=reason)
