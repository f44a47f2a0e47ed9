"""Released rulebooks by hash, each with a stored copy of its files."""

from __future__ import annotations

import threading
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from duban.domain.event import EVERYONE, RulebookReleased, derived_id, record
from duban.errors import StorageError
from duban.ports import BlobStore, Clock, Cursor, StateRecord, StateStore, Step
from duban.rulebook import Rulebook, load

UNIT = "release"
_PART = "releases"
_FILES = msgspec.json.Decoder(dict[str, str])


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
        self._lock = threading.Lock()

    def release(self, folder: Path, clock: Clock) -> Rulebook:
        """Let the rules of a folder judge from now on; says nothing when they already do.

        Raises RuleError for wrong rules.
        """
        rulebook = load(folder)
        with self._lock:
            self._known[rulebook.sha256] = rulebook
        before = self._releases()
        if before.last_hash == rulebook.sha256:
            return rulebook
        body = RulebookReleased(
            version=rulebook.version,
            sha256=rulebook.sha256,
            blob_sha256=self._blobs.put(msgspec.json.encode(_files(folder))),
        )
        event_id = derived_id(before.last_event, UNIT, rulebook.sha256)
        after = _Releases({**before.by_hash, rulebook.sha256: body}, rulebook.sha256, event_id)
        cursor = self._states.cursor(UNIT)
        position = cursor.position + 1
        self._states.commit(
            Step(
                unit=UNIT,
                before=cursor,
                after=Cursor(position),
                outputs=(record(body, id=event_id, at=clock.now()),),
                records={(EVERYONE, _PART): StateRecord(position, msgspec.json.encode(after))},
            )
        )
        return rulebook

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
        with TemporaryDirectory(prefix="duban-rules-") as name:
            for relative, text in _FILES.decode(self._blobs.get(released.blob_sha256)).items():
                path = Path(name, relative)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            rulebook = load(Path(name))
        if rulebook.sha256 != sha256:
            raise StorageError(
                f"规则集 {released.version} 的存档与发布时不一致：请用备份恢复数据目录。"
            )
        return rulebook


def _files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".yaml", ".json") and path.is_file()
    }
