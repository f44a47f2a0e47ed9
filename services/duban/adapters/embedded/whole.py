"""Whether the history is there at all, before an empty one is begun in its place."""

from __future__ import annotations

from pathlib import Path

from duban.adapters.embedded.database import DamagedError


def refuse_a_lost_history(folder: Path) -> None:
    """DamagedError where the data file is gone or empty, and other files show that it was used."""
    history = folder / "duban.db"
    if history.is_file() and history.stat().st_size:
        return
    if not (folder / "views" / "current").exists() and not _has_blobs(folder / "blobs"):
        return
    zh, en = ("是空的", "is empty") if history.is_file() else ("不见了", "is gone")
    raise DamagedError(
        f"数据文件 {history} {zh}，而目录 {folder} 里还有其他数据："
        "请放回该文件，或用 duban restore 把备份恢复到新目录。",
        f"The data file {history} {en}, while the folder holds other data: please put it back, or "
        "restore a backup into a new folder (duban restore).",
    )


def _has_blobs(folder: Path) -> bool:
    return folder.is_dir() and any(path.is_file() for path in folder.glob("*/*"))
