"""What must hold of backups: whole or refused; a whole one restores to what was backed up."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tests.drill import check
from tests.drill.work import Drill

from duban.adapters.agency_chain import chain_from
from duban.adapters.embedded import views_export
from duban.adapters.embedded.manifest import blob_name
from duban.adapters.embedded.named_blobs import named_blobs
from duban.adapters.embedded.restore import restore
from duban.adapters.embedded.store import EmbeddedStore
from duban.errors import UsageError

_KEPT = ("event", "state", "cursor", "known_key", "broadcast", "set_aside")


def after_a_kill(drill: Drill) -> list[str]:
    """Failures right after a backup was killed, or ended in spite of it."""
    with EmbeddedStore(drill.data) as store:
        told = list(check.everything(store, drill.plan))
    part = drill.backup.with_name(f".{drill.backup.name}.part")
    if part.exists():
        told += unfinished(drill, part)
    if drill.backup.exists():
        told += finished(drill, drill.backup)
    return told


def when_done(drill: Drill, chance: random.Random) -> list[str]:
    """Failures of the backup that nobody disturbed; the same cut somewhere is refused."""
    told = [*left_behind(drill), *finished(drill, drill.backup, is_last=True)]
    cut = drill.folder / "cut.zip"
    data = drill.backup.read_bytes()
    cut.write_bytes(data[: chance.randrange(len(data))])
    told += unfinished(drill, cut)
    cut.unlink()
    return told


def left_behind(drill: Drill) -> Iterator[str]:
    """What a backup leaves beside its file, of itself or of those killed before."""
    left = sorted(path.name for path in drill.folder.iterdir())
    if left != ["backup.zip", "data"]:
        yield f"left behind: {left}"


def unfinished(drill: Drill, file: Path) -> Iterator[str]:
    """What is cut off is refused and nothing is made of it; what only lacks its name is whole."""
    copy = drill.folder / "copy"
    try:
        restore(file, copy, told=_untold)
    except UsageError as refused:
        if not str(refused).strip():
            yield f"{file.name} is refused without a word"
        if copy.exists():
            yield f"{file.name} is refused, and yet something was made of it"
        return
    shutil.rmtree(copy)
    yield from finished(drill, file)


def finished(drill: Drill, file: Path, *, is_last: bool = False) -> Iterator[str]:
    """A copy made of it has the history up to a moment, and goes on from there.

    With `is_last` nothing happened since: it equals the original.
    """
    copy = drill.folder / "copy"
    try:
        restore(file, copy, told=_untold)
        yield from differences(drill.data, copy, is_last=is_last)
        yield from everything(drill, copy)
    except UsageError as refused:
        yield f"{file.name} is refused: {refused}"
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def goes_on_alike(drill: Drill, copy: Path) -> Iterator[str]:
    """A copy that comes to other views than the original, or in which something is wrong then."""
    with EmbeddedStore(copy) as store, EmbeddedStore(drill.data) as original:
        if settled(store) != settled(original):
            yield "the views of the copy are not those of the original"
    yield from everything(drill, copy)


def everything(drill: Drill, copy: Path) -> Iterator[str]:
    """Whatever is wrong in a copy, taken by itself."""
    with EmbeddedStore(copy) as store:
        yield from (f"in the copy: {line}" for line in check.everything(store, drill.plan))


def differences(original: Path, copy: Path, *, is_last: bool) -> Iterator[str]:
    """Where the copy is not what the original was at one moment, or is now."""
    for table in _KEPT if is_last else ("event",):
        ours, theirs = _rows(original, table), _rows(copy, table)
        if (ours if is_last else ours[: len(theirs)]) != theirs:
            yield f"{table} of the copy is not that of the original"
    with closing(sqlite3.connect(copy / "duban.db")) as history:
        for sha256 in sorted(set(named_blobs(history))):
            ours, theirs = (
                path.read_bytes() if (path := folder / blob_name(sha256)).exists() else None
                for folder in (original, copy)
            )
            if ours != theirs:
                yield f"bytes {sha256[:12]} of the copy are not those of the original"


def settled(store: EmbeddedStore) -> list[bytes]:
    """The canonical text of the views, once everything there is was judged and taken in."""
    store.runner(chain_from(store.blobs, store.states)).run_until_idle()
    with store.views.read() as views:
        kinds = views_export.kinds(views)
        return [line.text for kind in kinds for line in views_export.lines(views, kind)]


def _rows(folder: Path, table: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "duban.db")) as file:
        return sorted(
            file.execute(f"SELECT * FROM {table}"), key=repr if table != "event" else None
        )


def _untold(_: str, __: int, ___: int) -> None:
    """Nobody looks on."""
