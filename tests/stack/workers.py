"""Workers of the agency unit as processes, and what they left on Kafka."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.stack.kafka_topics import STREAMS

from duban.adapters.kafka.aside import note_in
from duban.adapters.kafka.partition_reader import PartitionReader
from duban.adapters.kafka.partition_state import PartitionState
from duban.config import KafkaSettings
from duban.domain.event import Event, decode

ROOT = Path(__file__).parents[2]
TOPICS = (*STREAMS, "alerts", "aside", "agency-state-changelog")
PATIENCE_S = 240.0


class Worker:
    """One process; its state lies in a folder that the next one of the same name finds."""

    def __init__(self, settings: KafkaSettings, folder: Path, slow: float) -> None:
        self.said: list[str] = []
        with folder.with_suffix(".log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "tests.stack.agency_worker", str(folder)),
                    *(",".join(settings.addresses), settings.prefix, str(slow)),
                ],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self._reading = threading.Thread(target=self._listen, daemon=True)
        self._reading.start()

    @property
    def is_ready(self) -> bool:
        """Whether it was given partitions at least once."""
        return bool(self.said)

    def kill(self) -> None:
        """SIGKILL: nothing after it runs."""
        self._process.kill()
        self._end()

    def stop(self) -> int:
        """SIGTERM, and wait for its end; the exit code."""
        self._process.terminate()
        return self._end()

    def wait(self) -> int:
        """Wait for its end; the exit code."""
        self._process.wait(PATIENCE_S)
        return self._end()

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """It stands still, as if the machine had stopped, and goes on as if nothing had been."""
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.said.append(line.strip())

    def _end(self) -> int:
        code = self._process.wait(PATIENCE_S)
        self._reading.join()
        assert self._process.stdout is not None
        self._process.stdout.close()
        return code


class Workers:
    """The workers of a test, by name; leaving the context ends them."""

    def __init__(self, settings: KafkaSettings, folder: Path, slow: float = 0.0) -> None:
        self.running: dict[str, Worker] = {}
        self._settings = settings
        self._folder = folder
        self._slow = slow

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for worker in self.running.values():
            worker.kill()

    def start(self, name: str) -> Worker:
        """Start the worker of a name, with the state that it left."""
        folder = self._folder / name
        folder.mkdir(parents=True, exist_ok=True)
        self.running[name] = Worker(self._settings, folder, self._slow)
        return self.running[name]

    def kill(self, name: str) -> None:
        """Kill the worker of a name."""
        self.running.pop(name).kill()

    def stop(self, name: str) -> None:
        """End the worker of a name in good order, or before it has begun."""
        worker = self.running.pop(name)
        assert worker.stop() in ((0,) if worker.is_ready else (0, -signal.SIGTERM))


class Left(AbstractContextManager["Left"]):
    """What the workers made, as anybody could read it from Kafka."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._reader = PartitionReader(settings)

    def __exit__(self, *_: object) -> None:
        self._reader.close()

    def events(self) -> dict[str, Event]:
        """Conclusions and alerts by id; an id with two contents is a fault."""
        contents: dict[str, set[bytes]] = defaultdict(set)
        for stream in ("conclusions", "alerts"):
            for one in self._reader.read(stream, self._reader.spans(stream)):
                contents[one.id].add(one.value)
        assert {one: values for one, values in contents.items() if len(values) > 1} == {}
        return {one: decode(next(iter(values))) for one, values in contents.items()}

    def count(self) -> int:
        """How many conclusions and alerts were written, repeated ones too."""
        streams = ("conclusions", "alerts")
        return sum(span.end for stream in streams for span in self._reader.spans(stream).values())

    def set_aside(self) -> set[str]:
        """The ids of what is set aside and was not settled since."""
        rows: dict[tuple[str, str, int], bool] = {}
        for one in self._reader.read("aside", self._reader.spans("aside")):
            row = note_in(one.value).row
            place = row.key, row.event_id, row.position
            rows[place] = rows.get(place, False) or row.settled is not None
        return {event_id for (_, event_id, _), is_settled in rows.items() if not is_settled}

    def cursors(self) -> dict[int, int]:
        """The first offset of each partition that is not handled, by the changelog."""
        stream = "agency-state-changelog"
        table = {
            one.key: one.value or None
            for one in self._reader.read(stream, self._reader.spans(stream))
        }
        numbers = range(self._reader.partitions(stream))
        return {one: PartitionState(one, table.get).cursor() for one in numbers}

    def ends(self) -> dict[int, int]:
        """Where each partition of the facts ends."""
        return {one: span.end for one, span in self._reader.spans("facts").items()}

    def has_all(self) -> bool:
        """Whether every fact is handled."""
        return self.cursors() == self.ends()


def wait_until(holds: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
    """Wait for a condition; a test that waits too long fails."""
    until = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < until, "it did not come to that in time"
        time.sleep(0.3)
