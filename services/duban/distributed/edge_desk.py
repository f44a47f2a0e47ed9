"""What a person may have done from the pages, where reading and judging are elsewhere."""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from duban.adapters.desk import OfficeDesk
from duban.adapters.embedded.sqlite_event_log import SqliteEventLog
from duban.adapters.kafka.kafka_event_log import KafkaEventLog
from duban.adapters.kafka.partition_reader import PartitionReader, Raw, Span
from duban.domain.event import Event, ReportRead, ReportRejected, Topic, decode
from duban.domain.view import Scope
from duban.errors import EventError, StorageError
from duban.ports import Index, Recorded, SetAside

logger = logging.getLogger(__name__)

_PAUSE_S = 0.2
_MARKS = 100  # of uploads under way
_NAMES = ("report.read", "report.rejected")
_MOST = 10_000


class EdgeLog:
    """Records here, from where it is forwarded; finds there, where everything comes together."""

    def __init__(self, here: SqliteEventLog, there: KafkaEventLog) -> None:
        self._here = here
        self._there = there

    def append(self, events: Sequence[Event]) -> int:
        return self._here.append(events)

    def read(self, topic: Topic, after: int = 0, limit: int = 1000) -> list[Recorded]:
        return self._there.read(topic, after, limit)

    def head(self, topic: Topic) -> int:
        return self._there.head(topic)

    def find(self, topic: Topic, event_id: str) -> Recorded | None:
        return self._here.find(topic, event_id) or self._there.find(topic, event_id)


class ShownAsides:
    """What workers set aside, as the read models show it."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def set_aside(self) -> Sequence[tuple[str, SetAside]]:
        """Everything that is set aside and not settled since, with its unit, newest first."""
        return [
            (one.unit, SetAside(one.position, one.key, one.event_id, one.cause))
            for one in self._index.aside(Scope(), _MOST)
        ]


class EdgeDesk(OfficeDesk):
    """Follows the facts on Kafka for what became of an upload.

    Where Kafka is out of reach the upload is kept, and nothing is known of its outcome yet.
    """

    def __init__(self, *, there: PartitionReader, **parts: Any) -> None:
        super().__init__(**parts)
        self._there = there
        self._marks: dict[int, Mapping[int, Span]] = {}
        self._numbers = itertools.count(1)

    def mark(self) -> int:
        number = next(self._numbers)
        self._marks.pop(number - _MARKS, None)
        try:
            self._marks[number] = self._there.spans("facts")
        except StorageError as error:
            logger.warning("%s", error, extra={"action": "outcome_unknown"})
        return number

    def outcomes(
        self, posted: Collection[str], since: int, timeout_s: float
    ) -> Mapping[str, ReportRead | ReportRejected]:
        found: dict[str, ReportRead | ReportRejected] = {}
        until = time.monotonic() + timeout_s
        begins = {number: span.end for number, span in self._marks.pop(since, {}).items()}
        try:
            while begins and len(found) < len(posted) and time.monotonic() < until:
                ends = {number: span.end for number, span in self._there.spans("facts").items()}
                wanted = {number: Span(begins[number], end) for number, end in ends.items()}
                for body in map(_outcome, self._there.read("facts", wanted)):
                    if body is not None and body.posted_id in posted:
                        found[body.posted_id] = body
                begins = ends
                time.sleep(_PAUSE_S)
        except StorageError as error:
            logger.warning("%s", error, extra={"action": "outcome_unknown"})
        return found


def _outcome(raw: Raw) -> ReportRead | ReportRejected | None:
    if raw.name not in _NAMES:
        return None
    try:
        body = decode(raw.value).body
    except EventError:
        return None
    return body if isinstance(body, ReportRead | ReportRejected) else None
