"""What must hold of restoring: nothing that looks like data, or all of it, and a way to go on."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator

from tests.drill import check_backup
from tests.drill.work import Drill

from duban.adapters.embedded.store import EmbeddedStore
from duban.errors import DubanError


def after_a_kill(drill: Drill, backup: str) -> Iterator[str]:
    """Failures right after a restore was killed, or ended in spite of it.

    `backup` is the hash of the backup it read. What was restored is taken away again.
    """
    if digest(drill) != backup:
        yield "the backup is not what it was"
    if (drill.restored / "duban.db").exists():
        yield from whole(drill)
        shutil.rmtree(drill.restored)
    else:
        yield from nothing_usable(drill)


def digest(drill: Drill) -> str:
    """The hash of the backup."""
    return hashlib.sha256(drill.backup.read_bytes()).hexdigest()


def nothing_usable(drill: Drill) -> Iterator[str]:
    """There is nothing, and whoever begins to work there is told to restore again first."""
    if drill.restored.exists():
        yield f"{drill.restored.name} is there, and holds no history"
        return
    try:
        EmbeddedStore(drill.restored).close()
    except DubanError as refused:
        if "duban restore" not in str(refused):
            yield f"no word on how to go on: {refused}"
    else:
        shutil.rmtree(drill.restored)
        if list(drill.folder.glob(".*.restoring")):
            yield "an empty office was begun where a restore was not done"
    if drill.restored.exists():
        yield "an office was begun where there is nothing"


def when_done(drill: Drill, backup: str) -> Iterator[str]:
    """Failures of the restore that nobody disturbed."""
    if digest(drill) != backup:
        yield "the backup is not what it was"
    left = sorted(path.name for path in drill.folder.iterdir())
    if left != ["backup.zip", "data", "restored"]:
        yield f"left behind: {left}"
    if not (drill.restored / "duban.db").exists():
        yield "nothing was restored"
        return
    yield from whole(drill)
    yield from check_backup.goes_on_alike(drill, drill.restored)


def whole(drill: Drill) -> Iterator[str]:
    """What is there is all there was."""
    yield from check_backup.differences(drill.data, drill.restored, is_last=True)
