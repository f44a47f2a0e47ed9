"""Rulebooks and calendars as a worker finds them: in the blob that their release names."""

from __future__ import annotations

import threading

from duban.adapters.calendar_library import calendar_from
from duban.adapters.rulebook_library import rulebook_from
from duban.domain.event import Event, RulebookReleased
from duban.errors import StorageError
from duban.ports import BlobStore
from duban.rulebook import Rulebook
from duban.rulebook.almanac import Almanac


class ReleasedRules:
    """What was released, by hash, once its release was heard of; safe for threads."""

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs
        self._released: dict[str, RulebookReleased] = {}
        self._rulebooks: dict[str, Rulebook] = {}
        self._calendars: dict[str, Almanac] = {}
        self._lock = threading.Lock()

    def learn(self, event: Event) -> None:
        """Hear of an event; only releases of rulebooks matter."""
        if isinstance(event.body, RulebookReleased):
            self._released[event.body.sha256] = event.body

    def rulebook(self, sha256: str) -> Rulebook:
        """The rulebook of a release; raises StorageError when its copy cannot be had."""
        with self._lock:
            if sha256 not in self._rulebooks:
                released = self._released.get(sha256)
                if released is None:
                    raise StorageError(
                        f"还没有读到规则集 {sha256[:12]} 的发布记录。",
                        f"The release of the rulebook {sha256[:12]} was not read yet.",
                    )
                self._rulebooks[sha256] = rulebook_from(self._blobs, released)
            return self._rulebooks[sha256]

    def calendar(self, sha256: str) -> Almanac:
        """The calendar of a release; raises StorageError when its copy cannot be had."""
        with self._lock:
            if sha256 not in self._calendars:
                self._calendars[sha256] = calendar_from(self._blobs, sha256)
            return self._calendars[sha256]
