"""What a data folder is for: a whole office, or one process at the edge of a distributed one."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from duban.adapters.embedded.store import EmbeddedStore
from duban.config import PARTS, PARTS_ZH
from duban.domain.event import EVERYONE
from duban.errors import UsageError
from duban.ports import Cursor, StateRecord, Step

UNIT = "folder"
_PART = "purpose"
_FORWARDER = "forwarder"  # runs at the edge only
_JUDGING = ("intake", "agency")  # run beside the pages in the embedded profile only


class _Purpose(msgspec.Struct, frozen=True):
    """The parts of the edge that a folder remembers for."""

    parts: tuple[str, ...]


def parts_of(store: EmbeddedStore) -> tuple[str, ...]:
    """The parts of the edge that a folder is for; none for one that no edge has used."""
    known = store.states.record(UNIT, EVERYONE, _PART)
    return msgspec.json.decode(known.data, type=_Purpose).parts if known else ()


def is_of_an_edge(store: EmbeddedStore) -> bool:
    """Whether the folder belongs to the distributed profile."""
    return _has_begun(store, UNIT) or _has_begun(store, _FORWARDER)


def refuse_an_edge(store: EmbeddedStore) -> None:
    """UsageError where the folder belongs to the distributed profile."""
    if not is_of_an_edge(store):
        return
    folder = store.folder
    raise UsageError(
        f"数据目录 {folder} 属于分布式运行：请加 --profile distributed，或用 --data 另给一个目录。",
        f"The data folder {folder} belongs to the distributed profile: please add "
        "--profile distributed, or name another folder (--data).",
    )


def claim(store: EmbeddedStore, parts: Collection[str]) -> None:
    """Use the folder for parts of the edge from now on.

    A folder of the whole edge may become one of some parts, and one of some parts that of more.
    UsageError where it is another's.
    """
    wanted = tuple(part for part in PARTS if part in parts)
    known = parts_of(store)
    if known == wanted:
        return
    if not known and any(_has_begun(store, unit) for unit in _JUDGING):
        raise UsageError(
            f"数据目录 {store.folder} 是单机运行的：请去掉 --profile distributed，"
            "或用 --data 另给一个目录。",
            f"The data folder {store.folder} is that of one machine: please leave out "
            "--profile distributed, or name another folder (--data).",
        )
    if not (set(known) <= set(wanted) or set(wanted) <= set(known)):
        raise _of_another(store, known, wanted)
    before = store.states.cursor(UNIT)
    position = before.position + 1
    data = msgspec.json.encode(_Purpose(wanted))
    store.states.commit(
        Step(
            unit=UNIT,
            before=before,
            after=Cursor(position),
            records={(EVERYONE, _PART): StateRecord(position, data)},
        )
    )


def _of_another(
    store: EmbeddedStore, known: Collection[str], wanted: Collection[str]
) -> UsageError:
    def named(parts: Collection[str]) -> str:
        return "、".join(PARTS_ZH[part] for part in parts)

    return UsageError(
        f"数据目录 {store.folder} 属于另一个进程（{named(known)}），不能用于{named(wanted)}："
        "请用 --data 另给一个目录，每个进程一个。",
        f"The data folder {store.folder} belongs to another process ({', '.join(known)}), "
        f"not to {', '.join(wanted)}: please name another one (--data), one for each process.",
    )


def _has_begun(store: EmbeddedStore, unit: str) -> bool:
    return store.states.cursor(unit).position > 0
