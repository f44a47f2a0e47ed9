"""What became of the bytes the crawler posted: whose report, of which year.

A title that names no year, or nobody, may announce anybody's report; only its reading tells.
"""

from __future__ import annotations

from duban.crawler.listing import Announced
from duban.crawler.memory import Followed, Memory, Read, Tail
from duban.domain.event import Event, ReportRead, ReportRejected
from duban.ports import EventLog

Pair = tuple[str | None, int | None]
"""An agency's id and a report year; None where that is not known."""


class Readings:
    """Follows the facts of reading; without a log, nothing is known of any posting."""

    def __init__(self, memory: Memory, log: EventLog | None) -> None:
        self._memory = memory
        self._log = log

    def catch_up(self) -> None:
        """Take note of everything that was read since the last time."""
        if self._log is None:
            return
        after = self._memory.get("facts", Tail).position
        while facts := self._log.read("facts", after):
            after = facts[-1].position
            found = [read for one in facts for read in _read(one.event)]
            self._memory.store([], [("facts", Tail(position=after)), *found])

    def of(self, posted_id: str | None) -> Read:
        """What a posting turned out to be."""
        return self._memory.get(posted_id, Read) if posted_id else Read()

    def told_by(self, link: Announced) -> frozenset[Pair]:
        """Whose reports of which years a link may lead to, by its words or else by what was read.

        A link that was not followed to its end, or whose files were not all understood, tells no
        more than its words.
        """
        words: Pair = (link.agency_id, link.year)
        if None not in words:
            return frozenset({words})
        followed = self._memory.get(link.url, Followed)
        reads = [self.of(file.posted_id) for file in followed.files if file.sha256]
        reports = [read for read in reads if read.status == "report"]
        if followed.failures or not reports or any(read.status == "unknown" for read in reads):
            return frozenset({words})
        pairs: set[Pair] = {(read.agency_id, read.year) for read in reports}
        if link.year is not None:
            pairs |= {(read.agency_id, link.year) for read in reports}
        return frozenset(pairs)


def _read(event: Event) -> list[tuple[str, Read]]:
    match event.body:
        case ReportRead() as read:
            return [
                (read.posted_id, Read(status="report", agency_id=read.agency_id, year=read.year))
            ]
        case ReportRejected(status="other_document") as rejected:
            return [(rejected.posted_id, Read(status="other"))]
        case ReportRejected() as rejected:
            return [(rejected.posted_id, Read())]
        case _:
            return []
