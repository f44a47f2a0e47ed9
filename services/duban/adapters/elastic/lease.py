"""Who rebuilds the indices: one program at a time, which says anew every few seconds that it lives.

No clock is held against another: whose word does not change for `SILENT_S`, as we count, has died.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
import uuid
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import msgspec
from elasticsearch import BadRequestError, ConflictError, Elasticsearch, NotFoundError

from duban.adapters.elastic.failure import told
from duban.adapters.embedded.moment import SHANGHAI
from duban.config import ElasticSettings
from duban.errors import StorageError

logger = logging.getLogger(__name__)
BEAT_S = 3.0
SILENT_S = 40.0
_LOOK_S = 0.5
_ID = "rebuild"


class BusyError(StorageError):
    """Another program rebuilds."""


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """The program that rebuilds: where it runs, since when, and how often it said that it lives."""

    token: str
    host: str
    process: int
    since: datetime
    beat: int = 0


class _Word(msgspec.Struct, frozen=True):
    """What a holder said last, and the place at which it stands: only there it is written over."""

    holder: Holder
    seq_no: int
    primary_term: int


class Lease(AbstractContextManager["Lease"]):
    """Held while the block lasts; that of a killed program is taken over.

    Raises BusyError, with one sentence on what to do, where another program holds it and lives.
    """

    def __init__(self, client: Elasticsearch, settings: ElasticSettings) -> None:
        self._client = client
        self._settings = settings
        self._index = f"{settings.prefix}lease"
        self._mine = Holder(
            token=uuid.uuid4().hex,
            host=socket.gethostname(),
            process=os.getpid(),
            since=datetime.now(UTC),
        )
        self._said: _Word | None = None
        self._is_lost = False
        self._saying = threading.Lock()
        self._ended = threading.Event()
        self._beating = threading.Thread(target=self._beat, name="lease", daemon=True)

    def __enter__(self) -> Lease:
        self._make()
        while self._said is None:
            self._said = self._take()
        self._beating.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._beating.join()
        if self._is_lost or self._said is None:
            return
        with suppress(StorageError), told(self._settings), suppress(ConflictError, NotFoundError):
            self._client.delete(index=self._index, id=_ID, **_only_over(self._said))

    def check(self) -> None:
        """StorageError where another program took it over, as we were silent for too long."""
        if self._is_lost:
            raise StorageError(
                "本次重建停顿太久，已由另一个 duban rebuild 接管；本次没有更换索引，请等它结束。",
                "This rebuild stood still for too long and another duban rebuild took over; this "
                "one exchanged nothing, please wait for the other.",
            )

    def renew(self) -> None:
        """Say now that we live; StorageError as `check`."""
        self._say()
        self.check()

    def _take(self) -> _Word | None:
        """The lease as ours; None where it changed hands meanwhile."""
        found = self._found()
        if found is not None:
            self._outlast(found)
        return self._write(found)

    def _outlast(self, found: _Word) -> None:
        """Wait until the holder was silent for so long that it must have died."""
        end = time.monotonic() + SILENT_S
        while time.monotonic() < end:
            time.sleep(_LOOK_S)
            now = self._found()
            if now is None:
                return
            if now != found:
                raise _busy(now.holder)

    def _beat(self) -> None:
        while not self._ended.wait(BEAT_S) and not self._is_lost:
            try:
                self._say()
            except StorageError as error:  # the next time may go well
                logger.warning("%s", error, extra={"action": "lease_unsaid"})

    def _say(self) -> None:
        with self._saying:
            self._mine = msgspec.structs.replace(self._mine, beat=self._mine.beat + 1)
            said = self._write(self._said)
            if said is None:
                found = self._found()
                is_ours = found is not None and found.holder.token == self._mine.token
                said = found if is_ours else None  # the answer to what we said last was lost
            self._is_lost = said is None
            self._said = said or self._said

    def _found(self) -> _Word | None:
        with told(self._settings):
            try:
                found = self._client.get(index=self._index, id=_ID)
            except NotFoundError:
                return None
        holder = msgspec.convert(found["_source"], Holder)
        return _Word(holder, found["_seq_no"], found["_primary_term"])

    def _write(self, before: _Word | None) -> _Word | None:
        """What we said; None where something else was said since `before`."""
        document = msgspec.to_builtins(self._mine)
        only: dict[str, Any] = {"op_type": "create"} if before is None else _only_over(before)
        with told(self._settings):
            try:
                made = self._client.index(index=self._index, id=_ID, document=document, **only)
            except ConflictError:
                return None
        return _Word(self._mine, made["_seq_no"], made["_primary_term"])

    def _make(self) -> None:
        with told(self._settings):
            try:
                self._client.indices.create(
                    index=self._index,
                    mappings={"dynamic": False},  # asked for by its id alone
                    settings={"number_of_shards": 1, "auto_expand_replicas": "0-1"},
                )
            except BadRequestError as error:
                if error.error != "resource_already_exists_exception":
                    raise


def _only_over(word: _Word) -> dict[str, Any]:
    return {"if_seq_no": word.seq_no, "if_primary_term": word.primary_term}


def _busy(holder: Holder) -> BusyError:
    since = f"{holder.since.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
    where = f"主机 {holder.host}，进程 {holder.process}"
    return BusyError(
        f"另一个 duban rebuild 正在运行（{where}，始于 {since}）：请等它结束；"
        f"如果它中断了，{SILENT_S:g} 秒后再运行本命令，它留下的会自动清理。",
        f"Another duban rebuild is running (host {holder.host}, process {holder.process}, since "
        f"{since}): please wait for its end; if it died, run this again {SILENT_S:g} s later, "
        "and what it left is cleared away.",
    )
