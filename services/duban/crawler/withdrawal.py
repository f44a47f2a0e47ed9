"""Reports that a column lists no longer: still there, or withdrawn.

Nothing is claimed on a list alone: a report is withdrawn only when its own address says so, and
never when much of a site is gone at once.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from duban.crawler.collecting import Collector, Round
from duban.crawler.follow import File, NotThereError, again
from duban.crawler.listing import Announced
from duban.crawler.memory import Column, Followed, Memory, Remembered
from duban.crawler.readings import Readings
from duban.domain.agency import Agency
from duban.domain.event import Event, ReportWithdrawn, derived_id, record
from duban.errors import FetchError
from duban.ports import Clock, Fetcher

logger = logging.getLogger(__name__)

_GONE = (404, 410)
_FEW = 3
_SHARE = 0.2  # of all reports known on a site


def relist(
    column: Column, links: Mapping[str, Announced], memory: Memory
) -> tuple[Column, list[tuple[str, Remembered]]]:
    """The column after a whole reading; what it lists no longer is to be asked for at once."""
    before = {**column.unlisted, **column.listed}
    unlisted = {
        url: link
        for url, link in before.items()
        if url not in links and _held(memory.get(url, Followed))
    }
    at_once: list[tuple[str, Remembered]] = [
        (url, msgspec.structs.replace(memory.get(url, Followed), due=None))
        for url in unlisted
        if url in column.listed
    ]
    return Column(listed=dict(links), unlisted=unlisted), at_once


class Withdrawals:
    """The reports of one site that vanished from its lists, looked for at the end of a round."""

    def __init__(
        self,
        fetcher: Fetcher,
        memory: Memory,
        clock: Clock,
        collector: Collector,
        readings: Readings,
    ) -> None:
        self._fetcher = fetcher
        self._memory = memory
        self._clock = clock
        self._collector = collector
        self._readings = readings

    def look(self, columns: Mapping[str, Sequence[Agency]], result: Round) -> Iterator[None]:
        """Ask for what these columns of a site, just read whole, list no longer.

        Pauses before each request.
        """
        gone: dict[str, list[tuple[File, int]]] = {}
        owners_of: dict[str, Sequence[Agency]] = {}
        for column, owners in columns.items():
            for url in self._memory.get(column, Column).unlisted:
                if url in gone or self._is_listed(url, owners):
                    continue
                yield
                found = self._ask(url, column, result)
                if found:
                    gone[url], owners_of[url] = found, owners
        count = sum(map(len, gone.values()))
        if count > _FEW and count > _SHARE * self._known(columns):
            self._put_off(gone)
            logger.warning(
                "%d reports of a site vanished at once; none is taken as withdrawn",
                count,
                extra={"action": "withdrawals_doubted", "url": next(iter(gone))},
            )
            return
        for url, files in gone.items():
            self._withdraw(url, files, owners_of[url])

    def _is_listed(self, url: str, owners: Iterable[Agency]) -> bool:
        others = {column for agency in owners for column in agency.columns}
        return any(url in self._memory.get(column, Column).listed for column in others)

    def _ask(self, url: str, column: str, result: Round) -> list[tuple[File, int]]:
        """The files of an unlisted report that are gone, with the answer, if any are due."""
        known = self._memory.get(url, Followed)
        if not _held(known) or (known.due is not None and self._clock.now() < known.due):
            return []
        gone, files = [], {file.url: file for file in known.files}
        events: list[Event] = []
        for file in known.files:
            if file.sha256 is None:
                continue
            try:
                paper = again(self._fetcher, file)
            except NotThereError as error:
                if error.status not in _GONE:
                    return self._put_off([url])
                gone.append((file, error.status))
                continue
            except FetchError:
                return self._put_off([url])
            if paper is not None:
                files[file.url], event = self._collector.posted(paper, file, column)
                events += [event] if event else []
        if not gone or events:
            due = self._collector.next_due()
            state = Followed(words=known.words, files=tuple(files.values()), due=due)
            self._memory.store(events, [(url, state)])
            result.posted += len(events)
        return gone

    def _put_off(self, urls: Iterable[str]) -> list[tuple[File, int]]:
        states = [(url, self._collector.failed(self._memory.get(url, Followed))) for url in urls]
        self._memory.store([], states)
        return []

    def _known(self, columns: Iterable[str]) -> int:
        """How many reports of the site were posted and not withdrawn."""
        links = {
            url
            for column in (self._memory.get(url, Column) for url in columns)
            for url in (*column.listed, *column.unlisted)
        }
        return sum(len(_held(self._memory.get(url, Followed))) for url in links)

    def _withdraw(
        self, url: str, gone: Sequence[tuple[File, int]], owners: Sequence[Agency]
    ) -> None:
        """Record that files are gone, and forget their bytes, so that they can come again."""
        known = self._memory.get(url, Followed)
        now = self._clock.now()
        events = [event for file, status in gone for event in self._told(file, status, owners, now)]
        urls = {file.url for file, _ in gone}
        files = tuple(
            msgspec.structs.replace(file, sha256=None, etag=None, last_modified=None)
            if file.url in urls
            else file
            for file in known.files
        )
        self._memory.store(events, [(url, Followed(words=known.words, files=files))])
        logger.info("a report was withdrawn", extra={"action": "report_withdrawn", "url": url})

    def _told(
        self, file: File, status: int, owners: Sequence[Agency], now: datetime
    ) -> list[Event]:
        known = file.agency_id or self._readings.of(file.posted_id).agency_id
        return [
            record(
                ReportWithdrawn(
                    agency_id=agency_id,
                    url=file.url,
                    sha256=file.sha256 or "",
                    http_status=status,
                ),
                id=derived_id(file.posted_id or file.url, "crawler", f"withdrawn {agency_id}"),
                at=now,
            )
            for agency_id in ([known] if known else [agency.id for agency in owners])
        ]


def _held(followed: Followed) -> list[File]:
    return [file for file in followed.files if file.sha256 is not None]
