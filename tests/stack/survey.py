"""What lies on Kafka and how far each unit has come, as anybody could read it there."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Self

from duban.adapters.kafka.index_steps import IndexSteps
from duban.adapters.kafka.partition_reader import PartitionReader, Raw, Span
from duban.config import KafkaSettings
from duban.errors import StorageError

#: The units in the order in which an event meets them, and what each takes.
UNITS: Mapping[str, tuple[str, ...]] = {
    "intake": ("posted",),
    "agency": ("facts",),
    "indexer": IndexSteps.streams,
}


class Survey:
    """Belongs to no group and changes nothing; understands cursors of any version."""

    def __init__(self, settings: KafkaSettings) -> None:
        self.settings = settings
        self._reader = PartitionReader(settings)
        self._read: dict[tuple[str, int], int] = {}
        self._cursors: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._reader.close()

    def all(self, stream: str) -> list[Raw]:
        """Everything that was written to a stream, in the order of each partition."""
        return self._reader.read(stream, self._reader.spans(stream))

    def left(self, units: Mapping[str, tuple[str, ...]] = UNITS) -> Mapping[str, int]:
        """How many messages each unit has still to handle.

        The units are asked in the order of the way: where all say none, nothing is under way.
        """
        return {unit: sum(self._left(unit, streams)) for unit, streams in units.items()}

    def is_done(self) -> bool:
        """Whether every message is handled by every unit; not while Kafka cannot be reached."""
        with contextlib.suppress(StorageError):
            return not any(self.left().values())
        return False

    def _left(self, unit: str, streams: tuple[str, ...]) -> Iterator[int]:
        ends = {name: self._reader.spans(name) for name in streams}
        self._follow(f"{unit}-state-changelog")
        for name, held in ends.items():
            for number, span in held.items():
                place = f"{name}/{number}" if unit == "indexer" else f"{number}"
                yield span.end - self._cursors.get(f"{unit} {place}/cursor", 0)

    def _follow(self, changelog: str) -> None:
        """Read what the unit's table was told since the last look; only cursors are kept."""
        wanted = {}
        for number, span in self._reader.spans(changelog).items():
            begin = max(span.begin, self._read.get((changelog, number), 0))
            wanted[number] = Span(begin, span.end)
        unit = changelog.partition("-")[0]
        for raw in self._reader.read(changelog, wanted):
            if raw.key.endswith("/cursor"):
                # None is left where a first step was not agreed upon
                at = json.loads(raw.value)["value"] if raw.value else 0
                self._cursors[f"{unit} {raw.key}"] = at
        self._read.update({(changelog, number): span.end for number, span in wanted.items()})
