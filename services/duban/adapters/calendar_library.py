"""Released calendars by hash, each a stored copy of its deadlines and days off."""

from __future__ import annotations

import hashlib
import logging
import threading
from pathlib import Path

import msgspec

from duban.adapters.holidays import days_off
from duban.domain import event as events
from duban.domain.day import day_of
from duban.domain.event import EVERYONE, CalendarReleased, Event, derived_id
from duban.errors import StorageError
from duban.ports import BlobStore, Clock, Cursor, StateRecord, StateStore, Step
from duban.rulebook.almanac import Almanac
from duban.rulebook.deadlines import load

logger = logging.getLogger(__name__)

UNIT = "calendar-release"
_PART = "last"
_ALMANAC = msgspec.json.Decoder(Almanac)


class _Last(msgspec.Struct, frozen=True):
    """The last release and the id of its event."""

    sha256: str = ""
    event_id: str = ""


class CalendarLibrary:
    """Releases calendars and gives them by hash, from memory or stored copy; safe for threads."""

    def __init__(self, blobs: BlobStore, states: StateStore) -> None:
        self._blobs = blobs
        self._states = states
        self._known: dict[str, Almanac] = {}
        self._lock = threading.Lock()

    def release(self, folder: Path, clock: Clock) -> str:
        """Let the deadlines of a rules folder hold from now on, with the days off known today.

        Returns the hash; says nothing when they hold already. Raises RuleError for wrong ones.
        """
        sha256, event = self.proposed(folder, clock)
        self.tell_of_unknown_days(sha256, clock)
        if event is not None:
            self.record(event)
        return sha256

    def record(self, event: Event) -> None:
        """Release what was proposed; raises StorageError where another release came between."""
        assert isinstance(event.body, CalendarReleased)
        sha256 = event.body.sha256
        self._blobs.put(msgspec.json.encode(self._known[sha256]))
        cursor = self._states.cursor(UNIT)
        position = cursor.position + 1
        last = msgspec.json.encode(_Last(sha256, event.id))
        self._states.commit(
            Step(
                unit=UNIT,
                before=cursor,
                after=Cursor(position),
                outputs=(event,),
                records={(EVERYONE, _PART): StateRecord(position, last)},
            )
        )

    def proposed(self, folder: Path, clock: Clock) -> tuple[str, Event | None]:
        """The hash of a folder's deadlines, and the event that would release them, None when they
        hold now. Nothing is stored; raises RuleError for wrong ones.
        """
        almanac = load(folder, days_off)
        now = clock.now()
        sha256 = hashlib.sha256(msgspec.json.encode(almanac)).hexdigest()
        with self._lock:
            self._known[sha256] = almanac
        before = self._last()
        if before.sha256 == sha256:
            return sha256, None
        body = CalendarReleased(
            version=almanac.version,
            sha256=sha256,
            blob_sha256=sha256,
            holidays_until=almanac.holidays_until,
        )
        return sha256, events.record(body, id=derived_id(before.event_id, UNIT, sha256), at=now)

    def tell_of_unknown_days(self, sha256: str, clock: Clock) -> None:
        """A line in the log where a last day is near, and the days off of its year not known."""
        year = self(sha256).unknown_year(day_of(clock.now()))
        if year is not None:
            logger.warning(
                "%d 年的节假日安排尚不知道：期限是否遇节假日无从判断，短期逾期暂只作提示，"
                "请在国务院公布后升级 chinesecalendar 并重新启动。",
                year,
                extra={"action": "holidays_unknown"},
            )

    def last(self) -> tuple[str, Almanac | None]:
        """The id of the last release's event and its calendar; ("", None) before the first."""
        found = self._last()
        return found.event_id, self(found.sha256) if found.sha256 else None

    def __call__(self, sha256: str) -> Almanac:
        """The calendar of a release; raises StorageError when its copy is missing or damaged."""
        with self._lock:
            if sha256 not in self._known:
                self._known[sha256] = calendar_from(self._blobs, sha256)
            return self._known[sha256]

    def _last(self) -> _Last:
        known = self._states.record(UNIT, EVERYONE, _PART)
        return msgspec.json.decode(known.data, type=_Last) if known else _Last()


def calendar_from(blobs: BlobStore, sha256: str) -> Almanac:
    """The calendar of a release; raises StorageError when its copy is missing or damaged."""
    try:
        return _ALMANAC.decode(blobs.get(sha256))
    except msgspec.DecodeError as error:
        raise StorageError(
            f"期限与节假日 {sha256[:12]} 的存档无法解读：请用备份恢复数据目录。"
        ) from error
