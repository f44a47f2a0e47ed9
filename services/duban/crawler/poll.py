"""Rounds over the roster's list pages: what was checked, what was posted.

A failure here is a fact about our fetching and never becomes anything else.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Literal
from urllib.parse import urlsplit
from uuid import uuid4

import msgspec

from duban.crawler.address import BlockedError
from duban.crawler.follow import (
    File,
    NotThereError,
    Paper,
    follow,
    is_no_page,
    refuse_failure,
)
from duban.crawler.listing import Announced, Listing, read_listing
from duban.crawler.markup import take_apart
from duban.crawler.memory import Followed, ListPage, Memory
from duban.domain.agency import Agency
from duban.domain.event import Event, PageChecked, ReportPosted, derived_id, record
from duban.errors import DubanError, FetchError
from duban.ports import BlobStore, Clock, Fetcher, Page
from duban.reading.sniff import sniff

logger = logging.getLogger(__name__)

MAX_PAGES = 20  # of one column
_FIRST_RETRY = timedelta(minutes=10)
_HOSTS_AT_ONCE = 8


class Round(msgspec.Struct):
    """What one round came to; counts."""

    pages: int = 0
    posted: int = 0
    failed: int = 0


class Poller:
    """Looks at every column of the roster once a round.

    Reports already known are asked for again after `recheck`, because agencies replace pages
    silently. `stopping` ends a round between two requests.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        memory: Memory,
        blobs: BlobStore,
        clock: Clock,
        *,
        recheck: timedelta = timedelta(days=30),
        stopping: threading.Event | None = None,
    ) -> None:
        self._fetcher = fetcher
        self._memory = memory
        self._blobs = blobs
        self._clock = clock
        self._recheck = recheck
        self.stopping = stopping or threading.Event()

    def round(self, roster: Sequence[Agency]) -> Round:
        """Look at every column of the roster; several sites at once, each site in order."""
        owners: dict[str, list[Agency]] = defaultdict(list)
        for agency in roster:
            for column in agency.columns:
                owners[column].append(agency)
        sites: dict[str, list[str]] = defaultdict(list)
        for column in owners:
            sites[urlsplit(column).netloc].append(column)
        result = Round()
        lock = threading.Lock()

        def visit(columns: list[str]) -> None:
            for column in columns:
                one = self._fenced(column, owners[column], roster)
                with lock:
                    result.pages += one.pages
                    result.posted += one.posted
                    result.failed += one.failed

        with ThreadPoolExecutor(_HOSTS_AT_ONCE, thread_name_prefix="crawler") as pool:
            for done in [pool.submit(visit, columns) for columns in sites.values()]:
                done.result()
        return result

    def _fenced(self, column: str, owners: Sequence[Agency], roster: Sequence[Agency]) -> Round:
        """One column; a fault of ours in it keeps no other column from being looked at."""
        try:
            return self._column(column, owners, roster)
        except DubanError:
            raise
        except Exception:
            logger.exception(
                "a column could not be worked through",
                extra={"action": "column_failed", "url": column},
            )
            return Round(pages=1, failed=1)

    def _column(self, column: str, owners: Sequence[Agency], roster: Sequence[Agency]) -> Round:
        result = Round()
        url: str | None = column
        seen: set[str] = set()
        followed: set[str] = set()
        while url and url not in seen and len(seen) < MAX_PAGES and not self.stopping.is_set():
            seen.add(url)
            page = self._list_page(url, owners, roster, result)
            for announced in page.reports if page else ():
                if self.stopping.is_set():
                    return result
                if announced.url not in followed:
                    followed.add(announced.url)
                    self._report(announced, url, owners, roster, result)
            url = page.next_page if page else None
        return result

    def _list_page(
        self, url: str, owners: Sequence[Agency], roster: Sequence[Agency], result: Round
    ) -> ListPage | None:
        known = self._memory.list_page(url)
        result.pages += 1
        try:
            page = self._fetcher.fetch(url, etag=known.etag, last_modified=known.last_modified)
            listing = _listing(page, owners, roster)
        except FetchError as error:
            result.failed += 1
            self._memory.store(self._checked(url, owners, error), {})
            return None
        if listing is None:
            self._memory.store(self._checked(url, owners, None, known, unchanged=True), {})
            return known
        sha256 = hashlib.sha256(page.body).hexdigest()
        read = ListPage(
            etag=page.headers.get("etag"),
            last_modified=page.headers.get("last-modified"),
            sha256=sha256,
            reports=listing.reports,
            next_page=listing.next_page,
        )
        events = self._checked(url, owners, None, read, unchanged=sha256 == known.sha256)
        self._memory.store(events, {url: read})
        return read

    def _report(
        self,
        announced: Announced,
        list_url: str,
        owners: Sequence[Agency],
        roster: Sequence[Agency],
        result: Round,
    ) -> None:
        known = self._memory.followed(announced.url)
        now = self._clock.now()
        if known.due is not None and now < known.due:
            return
        files = {file.url: file for file in known.files}
        try:
            for paper in follow(self._fetcher, announced, known.files, roster):
                file, event = self._posted(paper, files.get(paper.file.url), list_url)
                files[file.url] = file
                so_far = Followed(files=tuple(files.values()), failures=known.failures)
                self._memory.store([event] if event else [], {announced.url: so_far})
                result.posted += event is not None
        except FetchError as error:
            result.failed += 1
            failures = known.failures + 1
            due = now + min(self._recheck, _FIRST_RETRY * 2 ** min(failures - 1, 16))
            state = Followed(files=tuple(files.values()), due=due, failures=failures)
            events = self._checked(announced.url, _concerned(announced, owners), error)
            self._memory.store(events, {announced.url: state})
            return
        state = Followed(files=tuple(files.values()), due=now + self._recheck)
        events = (
            self._checked(announced.url, _concerned(announced, owners), None)
            if known.failures
            else []
        )
        self._memory.store(events, {announced.url: state})

    def _posted(
        self, paper: Paper, before: File | None, list_url: str
    ) -> tuple[File, Event | None]:
        """What to remember of a file, and the fact that it was posted if its bytes are new."""
        sha256 = hashlib.sha256(paper.body).hexdigest()
        file = paper.file
        if before is not None and before.sha256 == sha256:
            unchanged = msgspec.structs.replace(file, sha256=sha256, posted_id=before.posted_id)
            return unchanged, None
        self._blobs.put(paper.body)
        posted_before = before.posted_id if before else None
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

    def _checked(
        self,
        url: str,
        agencies: Sequence[Agency],
        error: FetchError | None,
        page: ListPage | None = None,
        *,
        unchanged: bool = False,
    ) -> list[Event]:
        """One fact per agency concerned; each look is a fact of its own."""
        outcome: Literal["read", "unchanged", "failed", "blocked"] = (
            "unchanged" if unchanged else "read"
        )
        if error is not None:
            outcome = "blocked" if isinstance(error, BlockedError) else "failed"
            logger.warning(
                "a page could not be fetched: %s",
                error,
                extra={"action": "page_failed", "url": url},
            )
        return [
            record(
                PageChecked(
                    agency_id=agency.id,
                    url=url,
                    outcome=outcome,
                    http_status=error.status if isinstance(error, NotThereError) else None,
                    links=len(page.reports) if page else 0,
                    error=str(error) if error else None,
                ),
                id=uuid4().hex,
                at=self._clock.now(),
            )
            for agency in agencies
        ]


def _listing(page: Page, owners: Sequence[Agency], roster: Sequence[Agency]) -> Listing | None:
    """What the list page says, None if it is as before; FetchError where it is no list at all."""
    refuse_failure(page)
    if page.not_modified:
        return None
    if sniff(page.body) != "html":
        raise NotThereError(page.status, f"{page.url} 不是网页，无法查看列表。")
    listing = read_listing(page.body, page.url, owners, roster)
    if not listing.reports and is_no_page(take_apart(page.body, page.url)):
        raise NotThereError(page.status, f"{page.url} 是出错或登录页面，不是列表。")
    return listing


def _concerned(announced: Announced, owners: Sequence[Agency]) -> Sequence[Agency]:
    named = [agency for agency in owners if agency.id == announced.agency_id]
    return named or owners
