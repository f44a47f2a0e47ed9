"""A rebuild by several processes that is killed and begun again, while all else goes on."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal

from tests.drill_stack.lying import Lying, lying
from tests.drill_stack.reader import Reader
from tests.drill_stack.rebuild_check import (
    after_an_end,
    ends_as_it_may,
    nothing_outlives,
    reading_goes_on,
)
from tests.drill_stack.rebuild_command import Command, Victim
from tests.drill_stack.servers import Servers
from tests.stack.elastic_proxy import Fault, proxied

from duban.adapters.elastic.client import connected
from duban.adapters.elastic.elastic_index import ElasticIndex
from duban.adapters.elastic.lease import SILENT_S
from duban.config import ElasticSettings

Met = Literal[Victim, "search", "nobody"]
_KILLS: tuple[Victim | Literal["search"], ...] = (
    "parent", "parent", "child", "child", "child", "all", "search",
)  # fmt: skip
#: About as many requests as one makes of the search server in all, and while it has processes.
_REQUESTS, _OF_FILLING = 90, 28
_SLOW_S = 120.0  # on a machine that has much other work
_MOST_S = 2 * SILENT_S + _SLOW_S  # a killed one holds the lease, and then perhaps an indexer
_PAUSE_S = 0.02


class Rebuilding:
    """Kills rebuilds of what lies under a prefix; `met` are those that were killed."""

    def __init__(
        self, servers: Servers, settings: ElasticSettings, partitions: int, folder: Path
    ) -> None:
        self._servers = servers
        self._settings = settings
        self._partitions = partitions
        self._folder = folder
        self.met: list[Met] = []

    def meet(self, chance: random.Random) -> Iterator[str]:
        """Kill one or two at a random moment, and let one come to its end: what was wrong."""
        if not self._is_there():
            yield "there are no indices that could be rebuilt"
            return
        with Reader(self._settings, self._partitions) as reader:
            for _ in range(chance.choice((1, 1, 2))):
                yield from self._killed(chance, reader)
            yield from self._ended(chance)
        yield from reading_goes_on(reader.seen, reader.refused)

    def _killed(self, chance: random.Random, reader: Reader) -> Iterator[str]:
        victim = chance.choice(_KILLS)
        if victim == "search" and self._servers.elastic is None:
            victim = "all"
        wanted = chance.randint(1, _OF_FILLING if victim == "child" else _REQUESTS)
        wait_s = chance.uniform(0.0, 0.3)
        with self._begun(chance, wanted) as (command, came):
            _wait(lambda: came.is_set() or command.has_ended)
            time.sleep(wait_s)
            if victim == "search":
                self._kill_elastic(reader)
                is_met = True
            else:
                is_met = command.kill(victim, chance)
            self.met.append(victim if is_met else "nobody")
            code = command.end(_MOST_S)
            if not is_met or victim in ("child", "search"):
                yield from ends_as_it_may(code, (0, 2) if is_met else (0,), command.said())
            yield from nothing_outlives(command.outliving())
        if victim == "child" or not is_met:
            yield from after_an_end(self._lying(), self._settings.prefix)

    def _ended(self, chance: random.Random) -> Iterator[str]:
        with self._begun(chance) as (command, _):
            code = command.end(_MOST_S)
            yield from ends_as_it_may(code, (0,), command.said())
            yield from nothing_outlives(command.outliving())
        yield from after_an_end(self._lying(), self._settings.prefix)

    @contextmanager
    def _begun(
        self, chance: random.Random, wanted: int = 0
    ) -> Iterator[tuple[Command, threading.Event]]:
        """The command, and whether it made so many requests, beside asking for the lease."""
        came = threading.Event()
        with proxied(self._servers.url) as way:
            made: list[str] = []

            def hears(path: str) -> Fault | None:
                if "lease/_doc" not in path:
                    made.append(path)
                    if len(made) == wanted:
                        came.set()
                return None

            way.fault = hears  # type: ignore[method-assign]
            log = self._folder / f"rebuild-{len(self.met)}.log"
            with Command(self._environment(way.url), chance.choice((2, 3)), log) as command:
                yield command, came

    def _environment(self, url: str) -> Mapping[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DUBAN_")}
        return {
            **kept,
            "DUBAN_KAFKA_ADDRESS": self._servers.kafka.address,
            "DUBAN_KAFKA_PREFIX": self._settings.prefix,
            "DUBAN_KAFKA_PARTITIONS": f"{self._partitions}",
            "DUBAN_ELASTIC_URL": url,
            "DUBAN_ELASTIC_PREFIX": self._settings.prefix,
        }

    def _kill_elastic(self, reader: Reader) -> None:
        elastic = self._servers.elastic
        assert elastic is not None
        with reader.refusing():
            elastic.kill()
            elastic.start()

    def _is_there(self) -> bool:
        """Wait for the first indexer to make the indices."""
        with ElasticIndex(self._settings, lanes=self._partitions) as index:
            return _wait(lambda: index.indices.current() is not None)

    def _lying(self) -> Lying:
        with closing(connected(self._settings)) as client:
            return lying(client, self._settings.prefix)


def _wait(is_so: Callable[[], bool]) -> bool:
    """Wait for something; False where it took too long."""
    until = time.monotonic() + _MOST_S
    while not is_so():
        if time.monotonic() > until:
            return False
        time.sleep(_PAUSE_S)
    return True
