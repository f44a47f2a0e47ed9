"""Whether the history is there at all, before an empty one is begun in its place."""

from __future__ import annotations

from pathlib import Path

from duban.adapters.embedded.database import DamagedError
from duban.errors import StorageError


def refuse_a_lost_history(folder: Path) -> None:
    """Raise where there is no history, and something shows that there was or is to be one.

    DamagedError where other files show that the folder was used, StorageError where a backup was
    about to be restored into it.
    """
    history = folder / "duban.db"
    if history.is_file() and history.stat().st_size:
        return
    beside = restoring(folder)
    if beside.exists():
        raise StorageError(
            f"恢复到目录 {folder} 没有做完（或正在进行），其中还没有数据："
            f"请再运行一次 duban restore，从头做起；不再恢复，就删除 {beside}。",
            f"Restoring into {folder} did not come to its end (or goes on), there are no data yet: "
            f"please run duban restore again, which begins anew; or delete {beside}.",
        )
    if not (folder / "views" / "current").exists() and not _has_blobs(folder / "blobs"):
        return
    zh, en = ("是空的", "is empty") if history.is_file() else ("不见了", "is gone")
    raise DamagedError(
        f"数据文件 {history} {zh}，而目录 {folder} 里还有其他数据："
        "请放回该文件，或用 duban restore 把备份恢复到新目录。",
        f"The data file {history} {en}, while the folder holds other data: please put it back, or "
        "restore a backup into a new folder (duban restore).",
    )


def restoring(folder: Path) -> Path:
    """Where a backup is unpacked, beside the folder, before it is put there."""
    folder = folder.absolute()
    return folder.parent / f".{folder.name}.restoring"


def _has_blobs(folder: Path) -> bool:
    return folder.is_dir() and any(path.is_file() for path in folder.glob("*/*"))
