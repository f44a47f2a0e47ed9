"""Where a unit of a worker keeps its state: one process alone, and of one Kafka alone.

State of another Kafka, or of topics that were made anew under the same names, says that events are
handled which nobody here has seen.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import msgspec

from duban.adapters.embedded.exclusive import exclusive
from duban.adapters.kafka.failure import where
from duban.adapters.kafka.origin import Origin, Origins, OtherTopicsError, Watch, origins
from duban.adapters.kafka.topics import STREAMS, changelog, stream
from duban.config import KafkaSettings
from duban.errors import StorageError

_ENDING_S = 5.0  # one that was asked to end may still be about it
_MARK = "changelog.json"  # what the folder was filled from


@contextmanager
def held(folder: Path, settings: KafkaSettings, unit: str) -> Iterator[Watch]:
    """Make the folder, and hold it for the block; gives what tells whether it is still of Kafka.

    Raises UsageError where another worker has it, or it is of another Kafka; StorageError where it
    or Kafka cannot be used.
    """
    with _told(folder):
        folder.mkdir(parents=True, exist_ok=True)
    lock = exclusive(
        folder / "lock",
        f"状态目录 {folder} 正由另一个 worker 使用（每个 worker 要有自己的 --data）",
        f"The state folder {folder} is in use by another worker (each needs a --data of its own)",
        within_s=_ENDING_S,
    )
    with lock:
        streams = [stream(settings, name) for name in STREAMS]
        now = origins(settings, [changelog(settings, unit), *streams])
        _claim(folder, settings, now)
        with closing(Watch(settings, now, partial(_refused, folder, settings, now))) as watch:
            yield watch


def _claim(folder: Path, settings: KafkaSettings, now: Origins) -> None:
    """Mark a folder that is used for the first time; UsageError where it is of another origin."""
    mark = folder / _MARK
    with _told(folder):
        data = mark.read_bytes() if mark.exists() else None
    known = _read(data) if data is not None else None
    if data is None or known == _of_before(now):
        new = mark.with_suffix(".new")
        with _told(folder):
            new.write_bytes(msgspec.json.encode(now))
            new.replace(mark)
    elif known != now:
        raise _refused(folder, settings, known or Origins(()), now)


def _refused(
    folder: Path, settings: KafkaSettings, known: Origins, now: Origins
) -> OtherTopicsError:
    others = known.others(now)
    return OtherTopicsError(
        f"状态目录 {folder} 不是这个 Kafka（{where(settings)}）的，或主题已重新建立"
        f"（{others}）：请用 --data 另给一个目录，或删除它（会从 Kafka 重建）。",
        f"The state folder {folder} is not of this Kafka ({where(settings)}), or topics were "
        f"made anew ({others}): please name another one (--data), or remove it (it is built "
        "anew from Kafka).",
    )


def _read(data: bytes) -> Origins | None:
    """The mark of a folder; one of a program before told of the changelog alone."""
    with contextlib.suppress(msgspec.MsgspecError):
        return msgspec.json.decode(data, type=Origins)
    with contextlib.suppress(msgspec.MsgspecError):
        return Origins((msgspec.json.decode(data, type=Origin),))
    return None


def _of_before(now: Origins) -> Origins:
    return Origins(now.topics[:1])


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"状态目录 {folder} 无法使用（{error.strerror}）：请检查路径和权限。",
            f"The state folder {folder} cannot be used ({error.strerror}): please check its path "
            "and permissions.",
        ) from error
