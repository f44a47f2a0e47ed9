"""Handing a history on to a Kafka that knows nothing of it, without misleading who judges there.

What workers had read is gone with the Kafka before. Days, lists and withdrawals that came after a
posting wait until it is read again: judged without it, an agency would be said to have no report.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from duban.adapters.embedded.history import Entry, Filter, History
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.kafka.aside import STREAM as ASIDE
from duban.adapters.kafka.aside import note_in
from duban.adapters.kafka.forwarder import NAME as FORWARDER
from duban.adapters.kafka.partition_reader import PartitionReader, Raw
from duban.distributed.places import Places
from duban.domain.event import EVERYONE, ReportPosted
from duban.errors import EventError
from duban.intake.unit import NAME as INTAKE

logger = logging.getLogger(__name__)

AGAIN = "again"  # the part that says how far the history is handed on again
_OUTCOMES = ("report.read", "report.rejected")
#: Recorded by the crawler alone: who had a copy of its folder leaves them to it.
_OF_THE_CRAWLER = frozenset(
    {
        "agency.registered", "agency.removed", "page.checked", "report.withdrawn",
        "rulebook.released", "calendar.released", "day.began",
    }
)  # fmt: skip
_EVENTS_AT_ONCE = 200
_TOLD_EVERY_S = 30.0


class Again(msgspec.Struct, frozen=True):
    """Up to which position the history goes out again; not `whole` leaves out the crawler's."""

    until: int = 0
    whole: bool = True


class HandingAgain:
    """Lets pass what does not wait for a reading; everything, once all is handed on again.

    `reader` is asked while something waits only. Raises what the reader does.
    """

    def __init__(
        self,
        store: EmbeddedStore,
        reader: PartitionReader,
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._reader = reader
        self._now = now
        self._told = float("-inf")
        known = store.states.record(FORWARDER, EVERYONE, AGAIN)
        self._again = msgspec.json.decode(known.data, type=Again) if known else Again()
        self._unread: dict[str, str | None] = {}  # postings that went out, and whose they may be
        self._awaited: Counter[str | None] = Counter()  # how many of each agency
        self._answered: set[str] = set()  # all postings that are known to be read, or set aside
        self._places = {"facts": Places(), ASIDE: Places()}
        done = store.states.cursor(FORWARDER).position
        if 0 < done <= self._again.until:
            for entry in History(store.history).after(0, Filter(topics=("posted",))):
                if entry.position > done:
                    break
                self._hand_on(entry)

    def free(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """Those at the beginning that wait for no reading."""
        free = []
        for entry in entries:
            if self._has_to_wait(entry):
                self._look()
                if self._has_to_wait(entry):
                    self._tell(entry)
                    break
            if entry.position <= self._again.until and entry.topic == "posted":
                self._hand_on(entry)
            free.append(entry)
        return free

    def takes(self, entry: Entry) -> bool:
        """Whether it goes out: what another process hands on again does not."""
        is_left = entry.head is not None and entry.head.name in _OF_THE_CRAWLER
        return self._again.whole or entry.position > self._again.until or not is_left

    def _has_to_wait(self, entry: Entry) -> bool:
        if not self._unread:
            return False
        if entry.position > self._again.until:
            return True  # from here on nothing waits any more
        if entry.topic != "facts" or entry.head is None or not self.takes(entry):
            return False
        key = entry.head.key
        return key == EVERYONE or self._awaited[None] > 0 or self._awaited[key] > 0

    def _hand_on(self, entry: Entry) -> None:
        if entry.head is None or entry.id in self._answered or entry.id in self._unread:
            return  # damaged, and does not go out; or it went out before
        event = entry.event()
        body = event.body if event else None
        hint = body.agency_hint if isinstance(body, ReportPosted) else None
        self._unread[entry.id] = hint
        self._awaited[hint] += 1

    def _look(self) -> None:
        """What was read, or set aside, by now."""
        for name in self._places:
            while True:
                wanted, later = self._places[name].next(self._reader, name, _EVENTS_AT_ONCE)
                if not wanted:
                    break
                for posting in filter(None, map(_answered, self._reader.read(name, wanted))):
                    self._answered.add(posting)
                    if posting in self._unread:
                        self._awaited[self._unread.pop(posting)] -= 1
                self._places[name] = later

    def _tell(self, entry: Entry) -> None:
        if self._now() - self._told < _TOLD_EVERY_S:
            return
        self._told = self._now()
        logger.warning(
            "正在从头再交：第 %d / %d 条事件，等待 worker 读出之前的 %d 份报告",
            entry.position, self._again.until, len(self._unread),
            extra={"action": "handing_again_waits"},
        )  # fmt: skip


class _Fact(msgspec.Struct):
    cause: str | None = None


_FACT = msgspec.json.Decoder(_Fact)


def _answered(raw: Raw) -> str | None:
    """The posting that an event or a note says was taken."""
    try:
        if raw.stream == ASIDE:
            note = note_in(raw.value)
            return note.row.event_id if note.unit == INTAKE else None
        return _FACT.decode(raw.value).cause if raw.name in _OUTCOMES else None
    except (EventError, msgspec.MsgspecError):
        return None
