"""Rounds over the roster's columns: what was looked at, what was posted, what was withdrawn.

A failure here is a fact about our fetching and never becomes anything else.
"""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

from duban.crawler.collecting import Collector, Round, log_failure
from duban.crawler.memory import Column, Memory, Remembered
from duban.crawler.readings import Readings
from duban.crawler.telling import Look, Outcome, Tellings, outcome_of
from duban.crawler.walk import Walk
from duban.crawler.withdrawal import Withdrawals, relist
from duban.domain.agency import Agency
from duban.domain.day import day_of
from duban.errors import DubanError
from duban.ports import BlobStore, Clock, EventLog, Fetcher

__all__ = ["Poller", "Round"]

logger = logging.getLogger(__name__)

_HOSTS_AT_ONCE = 8
_OVER_MIDNIGHT = "查看列表时跨过零点，不能作为前后任何一天未公布的依据，下次查看即可。"
_NO_DAY = "系统时钟不可信，不知道这次查看是哪一天，不能作为未公布的依据。"


class Poller:
    """Looks at every column of the roster once a round.

    Reports already known are asked for again after `recheck`, because agencies replace pages
    silently. `log` tells what posted bytes turned out to be; without it, a title that does not
    say whose report it is, or of which year, stays unclear for ever. `stopping` ends a round
    between two requests. While `knows_day` says no, nothing read proves that a report is missing.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        memory: Memory,
        blobs: BlobStore,
        clock: Clock,
        *,
        log: EventLog | None = None,
        recheck: timedelta = timedelta(days=30),
        stopping: threading.Event | None = None,
        knows_day: Callable[[], bool] = lambda: True,
    ) -> None:
        self._fetcher = fetcher
        self._memory = memory
        self._clock = clock
        self._knows_day = knows_day
        self._readings = Readings(memory, log)
        self._collector = Collector(fetcher, memory, blobs, clock, recheck)
        self._withdrawals = Withdrawals(fetcher, memory, clock, self._collector, self._readings)
        self.stopping = stopping or threading.Event()

    def round(self, roster: Sequence[Agency]) -> Round:
        """Look at every column of the roster; several sites at once, each site in order."""
        self._readings.catch_up()
        owners: dict[str, list[Agency]] = defaultdict(list)
        for agency in roster:
            for column in agency.columns:
                owners[column].append(agency)
        sites: dict[str, dict[str, list[Agency]]] = defaultdict(dict)
        for column in owners:
            sites[urlsplit(column).netloc][column] = owners[column]
        result = Round()
        lock = threading.Lock()

        def visit(columns: Mapping[str, Sequence[Agency]]) -> None:
            one = self._site(columns, roster)
            with lock:
                result.pages += one.pages
                result.posted += one.posted
                result.failed += one.failed

        with ThreadPoolExecutor(_HOSTS_AT_ONCE, thread_name_prefix="crawler") as pool:
            for done in [pool.submit(visit, columns) for columns in sites.values()]:
                done.result()
        return result

    def _site(self, columns: Mapping[str, Sequence[Agency]], roster: Sequence[Agency]) -> Round:
        result = Round()
        whole: dict[str, Sequence[Agency]] = {}
        tellings = Tellings(self._memory)
        for column, owners in columns.items():
            with _fenced(column, result):
                begun = self._clock.now()
                walk = self._column(column, owners, roster, result)
                now = self._clock.now()
                if not walk.was_broken_off:
                    is_of_one_day = day_of(begun) == day_of(now)
                    tellings.add(self._seen(walk, is_of_one_day), owners, now)
                if walk.is_whole:
                    whole[column] = owners
        tellings.store()
        with _fenced(next(iter(columns)), result):
            for _ in self._withdrawals.look(whole, result):
                if self.stopping.is_set():
                    break
        return result

    def _column(
        self, column: str, owners: Sequence[Agency], roster: Sequence[Agency], result: Round
    ) -> Walk:
        """Walk over a column and follow what it lists."""
        walk = Walk(column, owners, roster, self._memory)
        records: list[tuple[str, Remembered]] = []
        followed: set[str] = set()
        for url, page in walk.steps(self._fetcher, self.stopping):
            for announced in page.reports:
                if self.stopping.is_set():
                    walk.was_broken_off = True
                    break
                if announced.url not in followed:
                    followed.add(announced.url)
                    records += self._collector.take(announced, url, owners, roster, result)
        result.pages += walk.pages
        result.failed += walk.error is not None
        if walk.is_whole:
            before = self._memory.get(column, Column)
            now, at_once = relist(before, walk.links, self._memory)
            records += at_once
            if now != before:
                records.append((column, now))
        if records:
            self._memory.store([], records)
        return walk

    def _seen(self, walk: Walk, is_of_one_day: bool) -> Look:
        """What a walk showed; of a day that began on the way, it shows only a part."""
        outcome: Outcome = "read" if walk.is_news else "unchanged"
        doubt = walk.doubt or (None if is_of_one_day else _OVER_MIDNIGHT)
        if not self._knows_day():
            doubt = doubt or _NO_DAY
        look = Look(
            url=walk.url,
            outcome=outcome_of(walk.error) if walk.error else outcome,
            whole=walk.is_whole and doubt is None,
            told=[self._readings.told_by(link) for link in walk.links.values()],
            error=walk.error or doubt,
        )
        if walk.error is not None:
            log_failure(look)
        return look


@contextmanager
def _fenced(url: str, result: Round) -> Iterator[None]:
    """A fault of ours in one column keeps no other from being looked at."""
    try:
        yield
    except DubanError:
        raise
    except Exception:
        result.pages += 1
        result.failed += 1
        logger.exception(
            "a column could not be worked through",
            extra={"action": "column_failed", "url": url},
        )
