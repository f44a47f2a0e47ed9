"""The roster of the moment, as the facts on Kafka tell it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from duban.adapters.kafka.partition_reader import PartitionReader, Raw, Span
from duban.domain.agency import Agency
from duban.domain.event import AgencyRegistered, AgencyRemoved, decode
from duban.errors import EventError

logger = logging.getLogger(__name__)

_NAMES = ("agency.registered", "agency.removed")
_EVENTS_AT_ONCE = 200  # of a partition
_TOLD_EVERY_S = 10.0
_KEPT_EVERY = 2000  # events; what comes after is read again at the next start


class _Kept(msgspec.Struct):
    """The agencies by id, and the first offset of each partition that was not read."""

    offsets: dict[str, int] = msgspec.field(default_factory=dict)
    agencies: dict[str, Agency] = msgspec.field(default_factory=dict)


class RosterFollower:
    """Follows the facts for what they say of the roster; may be used by several threads.

    What was read is kept in a file, so that a start does not read the whole history; the file may
    be lost. Raises StorageError.
    """

    def __init__(self, reader: PartitionReader, file: Path) -> None:
        self._reader = reader
        self._file = file
        self._lock = threading.Lock()
        self._kept = _read(file)
        self._show()
        self._unkept = 0
        self._caught_up = float("-inf")  # when the last reading began

    def catch_up(self, *, within_s: float = 0.0) -> None:
        """Read what the facts say by now, or what they said at most so many seconds ago.

        Whoever comes meanwhile shares the next reading.
        """
        asked = time.monotonic() - within_s
        if self._caught_up >= asked:
            return
        with self._lock:
            if self._caught_up < asked:
                began = time.monotonic()
                self._read_on()
                if self._is_news:
                    self._show()
                self._caught_up = began

    def knows(self, agency_id: str | None) -> bool:
        """Whether the agency was in the roster as last caught up."""
        return agency_id in self._ids

    def agencies(self) -> Sequence[Agency]:
        """The agencies as last caught up, by id."""
        return self._roster

    def close(self) -> None:
        """Keep what was read, and end the connection."""
        with self._lock:
            self._keep()
        self._reader.close()

    def _show(self) -> None:
        self._roster, self._is_news = _in_order(self._kept), False
        self._ids = frozenset(self._kept.agencies)

    def _read_on(self) -> None:
        ends = self._reader.ends("facts")
        count = sum(end - self._offset(number) for number, end in ends.items())
        read, told = 0, time.monotonic()
        while wanted := {
            number: Span(begin, min(begin + _EVENTS_AT_ONCE, end))
            for number, end in ends.items()
            if (begin := self._offset(number)) < end
        }:
            for raw in self._reader.read("facts", wanted):
                self._hear(raw)
            for number, span in wanted.items():
                self._kept.offsets[str(number)] = span.end
                read += span.end - span.begin
                self._unkept += span.end - span.begin
            if self._unkept >= _KEPT_EVERY:
                self._keep()
            if time.monotonic() - told > _TOLD_EVERY_S:
                logger.warning("正在从 Kafka 读取名录：已读 %d / %d 条事件", read, count)
                told = time.monotonic()

    def _offset(self, number: int) -> int:
        """The first offset of a partition that was not read."""
        return self._kept.offsets.get(str(number), 0)

    def _hear(self, raw: Raw) -> None:
        if raw.name not in _NAMES:
            return
        try:
            body = decode(raw.value).body
        except EventError:
            return  # the unit that judges sets it aside
        if isinstance(body, AgencyRegistered):
            self._kept.agencies[body.agency.id] = body.agency
        elif isinstance(body, AgencyRemoved):
            self._kept.agencies.pop(body.agency_id, None)
        self._is_news = True

    def _keep(self) -> None:
        beside = self._file.with_suffix(".new")
        try:
            beside.write_bytes(msgspec.json.encode(self._kept))
            beside.replace(self._file)
        except OSError as error:
            logger.warning("名录没有存成（%s），下次启动重新读取", error.strerror)
        self._unkept = 0


def _read(file: Path) -> _Kept:
    try:
        return msgspec.json.decode(file.read_bytes(), type=_Kept)
    except (OSError, msgspec.MsgspecError):
        return _Kept()


def _in_order(kept: _Kept) -> tuple[Agency, ...]:
    return tuple(agency for _, agency in sorted(kept.agencies.items()))
