"""Whether a file of read models can be used as it lies there."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from duban.adapters.embedded import views_schema
from duban.adapters.embedded.database import DamagedError
from duban.errors import StorageError

_ENDING = "：从事件记录重新建立。"


class Ends(NamedTuple):
    """The positions of the last event of the history, and of the last that is no conclusion."""

    last: int
    fact: int


def fault_of(path: Path, ends: Callable[[], Ends]) -> str | None:
    """Why the read models must be built anew, in a sentence; None where they can be used.

    `ends` is asked after the read models were: both grow while another program works.

    Raises StorageError where it is for the operator to decide: for a file that a newer program
    wrote, and where the read models know facts that the history does not hold any more.
    """
    if not path.is_file():
        return f"视图文件 {path} 不在{_ENDING}"
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as file:
            return _fault(file, path, ends)
    except sqlite3.DatabaseError:
        return f"视图文件 {path} 已损坏{_ENDING}"


def is_damaged(path: Path) -> bool:
    """Whether the file is not what was written; reads all of it."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as file:
            return bool(file.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok")
    except sqlite3.DatabaseError:
        return True


def _fault(file: sqlite3.Connection, path: Path, history: Callable[[], Ends]) -> str | None:
    version = int(file.execute("PRAGMA user_version").fetchone()[0])
    if file.execute("PRAGMA application_id").fetchone()[0] != views_schema.LAYOUT.application_id:
        return f"视图文件 {path} 已损坏{_ENDING}"
    if version > views_schema.VERSION:
        raise StorageError(
            f"视图文件 {path} 由更新版本的 duban 写成（第 {version} 版，"
            f"本程序只认识到第 {views_schema.VERSION} 版）：请升级 duban；"
            f"确要用本版本时，先移走目录 {path.parent}，视图会从事件记录重新建立。"
        )
    if version < views_schema.VERSION:
        return f"视图的结构有了更新{_ENDING}"
    position, fact = file.execute("SELECT position, fact FROM progress").fetchone()
    ends = history()
    if fact > ends.fact:  # facts are on the disk before anybody hears of them
        raise DamagedError(
            f"数据文件缺少事件：视图已收入第 {fact} 号，数据文件里只到第 {ends.fact} 号，"
            "可能丢失了 duban.db-wal，或换成了旧的副本。请放回，或用 duban restore 恢复备份；"
            f"确要从现有的继续时，先移走目录 {path.parent}。",
            f"The data file lacks events: the views know number {fact}, the data file ends at "
            f"{ends.fact}; duban.db-wal may be lost, or the file is an old copy. Please put it "
            "back, or restore a backup (duban restore); to go on from what there is, move the "
            f"folder {path.parent} away first.",
        )
    if position > ends.last:
        return f"视图文件 {path} 与事件记录不符{_ENDING}"
    return None
