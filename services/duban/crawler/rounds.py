"""Rounds over the list pages of a roster, one after another, in a thread of their own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from duban.config import Settings
from duban.crawler.address import Gate, hosts_of
from duban.crawler.fetch import HttpFetcher
from duban.crawler.memory import Memory
from duban.crawler.observed import ObservedFetcher
from duban.crawler.pace import Pace
from duban.crawler.poll import Poller
from duban.domain.agency import Agency
from duban.errors import DubanError
from duban.observing import Observer, RoundOutcome
from duban.ports import BlobStore, Clock, EventLog, StateStore

logger = logging.getLogger(__name__)


class Rounds:
    """Goes on until it is stopped; what goes wrong in one round does not end the next.

    `log` tells what became of the bytes that were posted. While `knows_day` says no, nothing read
    proves that a report is missing.
    """

    def __init__(
        self,
        roster: Sequence[Agency],
        settings: Settings,
        *,
        states: StateStore,
        blobs: BlobStore,
        clock: Clock,
        log: EventLog,
        knows_day: Callable[[], bool],
        observer: Observer,
    ) -> None:
        self._roster = roster
        self._settings = settings
        self._states = states
        self._blobs = blobs
        self._clock = clock
        self._log = log
        self._knows_day = knows_day
        self._observer = observer
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin with the first round; nothing to do for an empty roster."""
        if self._roster:
            self._thread = threading.Thread(target=self._run, name="crawler", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End after the request in hand."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        gate = Gate(hosts_of(self._roster), allow_loopback=self._settings.allow_loopback)
        pace = Pace(self._settings.delay_s, wait=self._stopping.wait)
        with HttpFetcher(gate, pace, contact=self._settings.contact) as fetcher:
            poller = Poller(
                ObservedFetcher(fetcher, self._observer), Memory(self._states),
                self._blobs, self._clock, log=self._log, stopping=self._stopping,
                knows_day=self._knows_day,
            )  # fmt: skip
            while not self._stopping.is_set():
                outcome: RoundOutcome = "broken_off"
                try:
                    poller.round(self._roster)
                    outcome = "ended"
                except DubanError as error:
                    logger.error(
                        "the round was broken off: %s", error, extra={"action": "round_failed"}
                    )
                self._observer.ended_round(outcome)
                self._stopping.wait(self._settings.interval_s)
