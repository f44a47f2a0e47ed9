"""What a worker sets aside, as it lies on its topic: whose, why, and where the event lies."""

from __future__ import annotations

from datetime import datetime

import msgspec

from duban.adapters.kafka.partition_reader import Raw
from duban.adapters.kafka.publisher import Message
from duban.domain.event import EVERYONE, decode, derived_id
from duban.errors import EventError
from duban.ports import SetAside

STREAM = "aside"
_NAME = {True: "aside.settled", False: "aside.set"}


class AsideNote(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a unit: set aside, or settled where the row says so.

    `stream`, `partition` and `offset` are where the unit was then; `name` and `at` are of the
    event there, as far as it can be told.
    """

    v: int = 1
    unit: str
    row: SetAside
    stream: str
    partition: int
    offset: int
    name: str = ""
    at: datetime | None = None


def note_of(unit: str, raw: Raw, row: SetAside) -> Message:
    """The row as it is written, under the key it concerns; the same each time."""
    note = AsideNote(
        unit=unit,
        row=row,
        stream=raw.stream,
        partition=raw.partition,
        offset=raw.offset,
        name=raw.name,
        at=_at(raw.value),
    )
    place = f"{raw.stream} {raw.partition} {row.position} {row.key} {row.settled}"
    return Message(
        stream=STREAM,
        key=row.key if row.key not in ("", EVERYONE) else row.event_id,
        id=derived_id(row.event_id, f"{unit} aside", place),
        name=_NAME[row.settled is not None],
        value=msgspec.json.encode(note),
        trace=raw.trace,
    )


def _at(value: bytes) -> datetime | None:
    try:
        return decode(value).at
    except EventError:
        return None


_NOTE = msgspec.json.Decoder(AsideNote)


def note_in(value: bytes) -> AsideNote:
    """The note of a message; EventError for anything else, or of a newer program."""
    try:
        note = _NOTE.decode(value)
    except msgspec.MsgspecError as error:
        raise EventError(
            f"搁置记录无法解读：{error}", f"A note of what is set aside cannot be read: {error}"
        ) from error
    if note.v > 1:
        raise EventError(
            f"搁置记录由更新版本的 duban 写成（第 {note.v} 版）：请升级。",
            f"A note of what is set aside is of a newer duban (version {note.v}): please upgrade.",
        )
    return note
