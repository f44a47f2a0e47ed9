"""Intake: posted bytes become the fact that a report was read, or why it was not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

from duban import __version__
from duban.domain.agency import Agency
from duban.domain.event import (
    Event,
    ReportPosted,
    ReportRead,
    ReportRejected,
    derived_id,
    record,
)
from duban.domain.report import Reading, Reason
from duban.intake.assignment import assign
from duban.intake.job import Answer, Job, ReadJob
from duban.intake.roster import Roster
from duban.ports import BlobStore, Clock, Recorded

NAME = "intake"
Rejection = Literal["other_document", "unreadable", "unassigned"]
READER = f"duban/{__version__}"


class ReadingFaultError(Exception):
    """A fault of ours met while reading; the event is set aside with it."""


class Intake:
    """Handles one `report.posted` after the other; may be called by several threads.

    `read` reads in a confined process, `agencies` gives those of the moment. The ids of the
    facts are derived from the posting and the reader, so that a repetition says nothing new.
    """

    def __init__(
        self,
        read: Callable[[Job], Answer],
        blobs: BlobStore,
        clock: Clock,
        agencies: Callable[[], Sequence[Agency]],
    ) -> None:
        self._read = read
        self._blobs = blobs
        self._clock = clock
        self._agencies = agencies
        self._roster = Roster(())

    def handle(self, recorded: Recorded) -> Sequence[Event]:
        """The fact that follows from a posting; raises ReadingFaultError for a fault of ours."""
        event = recorded.event
        posted = event.body
        if not isinstance(posted, ReportPosted):
            return ()
        answer = self._read(ReadJob(data=self._blobs.get(posted.sha256), keep_document=True))
        if answer.fault or answer.reading is None:
            raise ReadingFaultError(answer.fault or "没有得到读取结果。")
        body = self._body(event, posted, answer, answer.reading)
        fact_id = derived_id(event.id, NAME, READER)
        return (record(body, id=fact_id, at=self._clock.now(), cause=event.id),)

    def _body(
        self, event: Event, posted: ReportPosted, answer: Answer, reading: Reading
    ) -> ReportRead | ReportRejected:
        report = reading.report
        if report is None or answer.document is None or reading.status != "report":
            status: Rejection = "unreadable" if reading.status == "unreadable" else "other_document"
            reason = reading.reason or Reason("not_a_report", "这份文件不是年度报告。")
            return self._rejected(event, posted, reading, status, reason)
        found = assign(posted, report, self._of_the_moment())
        if isinstance(found, Reason):
            return self._rejected(event, posted, reading, "unassigned", found)
        return ReportRead(
            posted_id=event.id,
            sha256=posted.sha256,
            media=reading.media,
            reader=READER,
            agency_id=found.agency_id,
            year=found.year,
            assigned_by=found.by,
            report=report,
            document_sha256=self._blobs.put(msgspec.json.encode(answer.document)),
            url=posted.url,
            published_on=posted.published_on or report.published_on,
            found_at=event.at,
        )

    def _rejected(
        self,
        event: Event,
        posted: ReportPosted,
        reading: Reading,
        status: Rejection,
        reason: Reason,
    ) -> ReportRejected:
        """What is known of the bytes stays with them: the agency's page tells of it."""
        known = posted.agency_hint in self._of_the_moment()
        return ReportRejected(
            posted_id=event.id,
            sha256=posted.sha256,
            media=reading.media,
            reader=READER,
            status=status,
            reason=reason,
            agency_id=posted.agency_hint if known else None,
            year=posted.year_hint,
            url=posted.url,
            title=posted.title or (reading.report.title if reading.report else None),
            found_at=event.at,
        )

    def _of_the_moment(self) -> Roster:
        agencies, known = self._agencies(), self._roster
        if known.agencies is not agencies:
            known = self._roster = Roster(agencies)
        return known
