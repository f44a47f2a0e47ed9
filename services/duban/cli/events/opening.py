"""Opening the data of a monitor to look at it; never makes a new one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from duban.adapters.embedded.database import Database
from duban.adapters.embedded.history import History
from duban.adapters.embedded.whole import refuse_a_lost_history
from duban.errors import UsageError


def existing(data: Path) -> Path:
    """The data file of a folder; UsageError where there is none, StorageError where it was lost."""
    path = data / "duban.db"
    refuse_a_lost_history(data)
    if not path.is_file():
        raise UsageError(
            f"{data} 中没有 duban 的数据（{path.name}）：请用 --data 给出数据目录。",
            f"There are no data of duban ({path.name}) in {data}: please name the folder (--data).",
        )
    return path


@contextmanager
def history(data: Path) -> Iterator[History]:
    """The history in a data folder."""
    database = Database(existing(data))
    try:
        yield History(database)
    finally:
        database.close()
