"""Somebody who reads the front page over and over, as an office does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import TracebackType
from typing import NamedTuple, Self

from duban.adapters.elastic.elastic_index import ElasticIndex
from duban.config import ElasticSettings
from duban.domain.view import Scope
from duban.errors import StorageError

_PAUSE_S = 0.3


class Seen(NamedTuple):
    """What the front page told at one moment."""

    agencies: int
    position: int


class Reader:
    """What it saw, and what refused it."""

    def __init__(self, settings: ElasticSettings, lanes: int) -> None:
        self.seen: list[Seen] = []
        self.refused: list[str] = []
        self._settings = settings
        self._lanes = lanes
        self._may_refuse = threading.Event()
        self._ended = threading.Event()
        self._beside = ThreadPoolExecutor(1)

    def __enter__(self) -> Self:
        self._reading = self._beside.submit(self._read)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._beside.shutdown()
        self._reading.result()  # whatever it did not expect

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Nobody can be read from while the block lasts."""
        self._may_refuse.set()
        try:
            yield
        finally:
            self._may_refuse.clear()

    def _read(self) -> None:
        with ElasticIndex(self._settings, lanes=self._lanes) as index:
            while not self._ended.wait(_PAUSE_S):
                may_refuse = self._may_refuse.is_set()
                try:
                    told = index.overview(Scope())
                except StorageError as error:
                    if not (may_refuse or self._may_refuse.is_set()):
                        self.refused.append(str(error))
                else:
                    self.seen.append(Seen(told.agencies, told.position))
