"""The roster of the moment, as the facts on Kafka tell it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec

from duban.adapters.kafka.partition_reader import PartitionReader, Raw, Span
from duban.domain.agency import Agency
from duban.domain.event import AgencyRegistered, AgencyRemoved, decode
from duban.errors import EventError

logger = logging.getLogger(__name__)

_NAMES = ("agency.registered", "agency.removed")
_EVENTS_AT_ONCE = 200
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
        self._roster: tuple[Agency, ...] | None = None
        self._unkept = 0

    def catch_up(self) -> None:
        """Read what the facts say by now."""
        with self._lock:
            for number, held in self._reader.spans("facts").items():
                begin = self._kept.offsets.get(str(number), 0)
                for first in range(begin, held.end, _EVENTS_AT_ONCE):
                    span = Span(first, min(first + _EVENTS_AT_ONCE, held.end))
                    for raw in self._reader.read("facts", {number: span}):
                        self._hear(raw)
                    self._kept.offsets[str(number)] = span.end
                    self._unkept += span.end - span.begin
                    if self._unkept >= _KEPT_EVERY:
                        self._keep()

    def agencies(self) -> Sequence[Agency]:
        """The agencies as last caught up, by id."""
        with self._lock:
            if self._roster is None:
                self._roster = tuple(agency for _, agency in sorted(self._kept.agencies.items()))
            return self._roster

    def close(self) -> None:
        """Keep what was read, and end the connection."""
        with self._lock:
            self._keep()
        self._reader.close()

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
        self._roster = None

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
