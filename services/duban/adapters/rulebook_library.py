"""Released rulebooks by hash, each with a stored copy of its files."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

import msgspec

from duban.adapters.rules_copy import copy_of, unpacked
from duban.domain import event as events
from duban.domain.event import EVERYONE, Event, RulebookReleased, derived_id
from duban.errors import RuleError, StorageError
from duban.ports import BlobStore, Clock, Cursor, StateRecord, StateStore, Step
from duban.rulebook import Rulebook, load

UNIT = "release"
_PART = "releases"


class _Releases(msgspec.Struct, frozen=True):
    """Every release by hash, and the id of the last one's event."""

    by_hash: dict[str, RulebookReleased] = msgspec.field(default_factory=dict)
    last_hash: str = ""
    last_event: str = ""


class RulebookLibrary:
    """Releases rulebooks and gives them by hash, from memory or stored copy; safe for threads."""

    def __init__(self, blobs: BlobStore, states: StateStore) -> None:
        self._blobs = blobs
        self._states = states
        self._known: dict[str, Rulebook] = {}
        self._copies: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def release(self, folder: Path, clock: Clock) -> Rulebook:
        """Let the rules of a folder judge from now on; says nothing when they already do.

        Raises RuleError for wrong rules.
        """
        rulebook, event = self.proposed(folder, clock)
        if event is not None:
            self.record(event)
        return rulebook

    def record(self, event: Event) -> None:
        """Release what was proposed; raises StorageError where another release came between."""
        assert isinstance(event.body, RulebookReleased)
        sha256 = event.body.sha256
        self._blobs.put(self._copies[sha256])
        before = self._releases()
        after = _Releases({**before.by_hash, sha256: event.body}, sha256, event.id)
        cursor = self._states.cursor(UNIT)
        position = cursor.position + 1
        self._states.commit(
            Step(
                unit=UNIT,
                before=cursor,
                after=Cursor(position),
                outputs=(event,),
                records={(EVERYONE, _PART): StateRecord(position, msgspec.json.encode(after))},
            )
        )

    def proposed(self, folder: Path, clock: Clock) -> tuple[Rulebook, Event | None]:
        """The rules of a folder and the event that would release them, None when they judge now.

        Nothing is stored; raises RuleError for wrong rules.
        """
        rulebook = load(folder)
        with self._lock:
            self._known[rulebook.sha256] = rulebook
        before = self._releases()
        if before.last_hash == rulebook.sha256:
            return rulebook, None
        copy = self._copies[rulebook.sha256] = _checked_copy(folder, rulebook)
        body = RulebookReleased(
            version=rulebook.version,
            sha256=rulebook.sha256,
            blob_sha256=hashlib.sha256(copy).hexdigest(),
        )
        event_id = derived_id(before.last_event, UNIT, rulebook.sha256)
        return rulebook, events.record(body, id=event_id, at=clock.now())

    def last(self) -> tuple[str, RulebookReleased | None]:
        """The id of the last release's event and what it said; ("", None) before the first."""
        found = self._releases()
        return found.last_event, found.by_hash.get(found.last_hash)

    def __call__(self, sha256: str) -> Rulebook:
        """The rulebook of a release; raises StorageError when its copy is not what was released."""
        with self._lock:
            if sha256 not in self._known:
                self._known[sha256] = self._from_copy(sha256)
            return self._known[sha256]

    def _releases(self) -> _Releases:
        known = self._states.record(UNIT, EVERYONE, _PART)
        return msgspec.json.decode(known.data, type=_Releases) if known else _Releases()

    def _from_copy(self, sha256: str) -> Rulebook:
        released = self._releases().by_hash.get(sha256)
        if released is None:
            raise StorageError(f"找不到规则集 {sha256[:12]} 的发布记录：请用备份恢复数据目录。")
        return rulebook_from(self._blobs, released)


def rulebook_from(blobs: BlobStore, released: RulebookReleased) -> Rulebook:
    """The rulebook of a release from its copy; StorageError when that is not what was released."""
    with unpacked(blobs.get(released.blob_sha256)) as folder:
        rulebook = load(folder)
    if rulebook.sha256 != released.sha256:
        raise StorageError(
            f"规则集 {released.version} 的存档与发布时不一致：请用备份恢复数据目录。"
        )
    return rulebook


def _checked_copy(folder: Path, rulebook: Rulebook) -> bytes:
    """A copy that says what was read: somebody may be saving files there right now."""
    copy = copy_of(folder)
    with unpacked(copy) as held:
        if load(held).sha256 != rulebook.sha256:
            raise RuleError(f"{folder}：规则文件正在被改动，请改完后再试。")
    return copy
