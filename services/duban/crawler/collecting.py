"""Follows one announced report: new bytes are posted, a failure is a fact about fetching."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from duban.crawler.follow import File, Paper, follow
from duban.crawler.listing import Announced
from duban.crawler.memory import Followed, Memory, Remembered
from duban.crawler.telling import Look, outcome_of, tell
from duban.domain.agency import Agency
from duban.domain.event import Event, ReportPosted, derived_id, record
from duban.errors import FetchError
from duban.ports import BlobStore, Clock, Fetcher

logger = logging.getLogger(__name__)

_FIRST_RETRY = timedelta(minutes=10)


class Round(msgspec.Struct):
    """What one round came to; counts."""

    pages: int = 0
    posted: int = 0
    failed: int = 0


class Collector:
    """Gets announced reports that are new, or due to be asked for again after `recheck`."""

    def __init__(
        self,
        fetcher: Fetcher,
        memory: Memory,
        blobs: BlobStore,
        clock: Clock,
        recheck: timedelta,
    ) -> None:
        self._fetcher = fetcher
        self._memory = memory
        self._blobs = blobs
        self._clock = clock
        self._recheck = recheck

    def take(
        self,
        announced: Announced,
        list_url: str,
        owners: Sequence[Agency],
        roster: Sequence[Agency],
        result: Round,
    ) -> list[tuple[str, Remembered]]:
        """Follow one announced report if it is due; returns what is still to be remembered.

        It is due at once where its link now tells of another agency or year than before: then
        its files are posted again under that name. Every posting is stored with its fact at once;
        only that nothing had changed may wait.
        """
        known = self._memory.get(announced.url, Followed)
        now = self._clock.now()
        words = (announced.agency_id, announced.year)
        is_renamed = known.words is not None and known.words != words
        if known.due is not None and now < known.due and not is_renamed:
            return []
        files = {file.url: file for file in known.files}
        state = known
        try:
            asked = () if is_renamed else known.files
            for paper in follow(self._fetcher, announced, asked, roster):
                file, event = self.posted(paper, files.get(paper.file.url), list_url)
                files[file.url] = file
                state = msgspec.structs.replace(known, files=tuple(files.values()))
                self._memory.store([event] if event else [], [(announced.url, state)])
                result.posted += event is not None
        except FetchError as error:
            result.failed += 1
            state = self.failed(state)
            look = Look(url=announced.url, outcome=outcome_of(error), error=error)
            self._tell(look, _concerned(announced, owners), [(announced.url, state)])
            return []
        state = Followed(words=words, files=tuple(files.values()), due=now + self._recheck)
        if known.failures:
            look = Look(url=announced.url, outcome="read")
            self._tell(look, _concerned(announced, owners), [(announced.url, state)])
            return []
        return [(announced.url, state)]

    def posted(self, paper: Paper, before: File | None, list_url: str) -> tuple[File, Event | None]:
        """What to remember of a file, and the fact that it was posted if that is news.

        News are other bytes, and the same bytes under the name of another agency or year.
        """
        sha256 = hashlib.sha256(paper.body).hexdigest()
        file = paper.file
        posted_before = before.posted_id if before else None
        if before is not None and (before.sha256, before.agency_id, before.year) == (
            sha256, file.agency_id, file.year,
        ):  # fmt: skip
            return msgspec.structs.replace(file, sha256=sha256, posted_id=posted_before), None
        self._blobs.put(paper.body)
        event = record(
            ReportPosted(
                sha256=sha256,
                bytes=len(paper.body),
                source="crawler",
                url=file.url,
                page_url=list_url,
                agency_hint=file.agency_id,
                year_hint=file.year,
                title=file.title or None,
                published_on=paper.published_on,
                last_modified=file.last_modified,
            ),
            id=derived_id(posted_before or "", "crawler", f"{file.url} {sha256}"),
            at=self._clock.now(),
        )
        logger.info("a report was posted", extra={"action": "report_posted", "url": file.url})
        return msgspec.structs.replace(file, sha256=sha256, posted_id=event.id), event

    def failed(self, state: Followed) -> Followed:
        """The state after one more failure, asked for again later and later."""
        wait = min(self._recheck, _FIRST_RETRY * 2 ** min(state.failures, 16))
        return msgspec.structs.replace(
            state, due=self._clock.now() + wait, failures=state.failures + 1
        )

    def next_due(self) -> datetime:
        """When an address that was all right is asked for again."""
        return self._clock.now() + self._recheck

    def _tell(
        self, look: Look, agencies: Sequence[Agency], records: list[tuple[str, Remembered]]
    ) -> None:
        if look.error is not None:
            log_failure(look)
        events, said = tell(look, agencies, self._memory, self._clock.now())
        self._memory.store(events, [*records, (look.url, said)])


def log_failure(look: Look) -> None:
    """One line for an address that could not be fetched."""
    logger.warning(
        "a page could not be fetched: %s",
        look.error,
        extra={"action": "page_failed", "url": look.url},
    )


def _concerned(announced: Announced, owners: Sequence[Agency]) -> Sequence[Agency]:
    named = [agency for agency in owners if agency.id == announced.agency_id]
    return named or owners
