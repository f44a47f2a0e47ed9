"""Events in a file that can be handed on: JSON lines, each sealed to the one before.

The first line names the format, each following line holds one event with its position and a
seal (SHA-256 over the seal before it and the line's own bytes), the last line counts them. A line
that was changed, added, taken out or moved is found and named.
"""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from duban.domain.event import Event, decode
from duban.errors import EventError, StorageError

FORMAT = "duban.events/1"
_MOST_BYTES_A_LINE = 64 * 1024 * 1024
_SHOWN_BYTES = 40


class Heading(msgspec.Struct, frozen=True, kw_only=True):
    """The first line: what the file is, who wrote it when, and what was asked for."""

    format: str
    program: str
    written_at: datetime
    filters: dict[str, str] = {}


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One event as it was recorded, its position in the history, and the seal."""

    position: int
    event: msgspec.Raw
    seal: str


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """The last line."""

    events: int
    seal: str


def write(out: BinaryIO, heading: Heading, events: Iterable[tuple[int, bytes]]) -> int:
    """Write events given as (position, encoded event); returns how many."""
    first = msgspec.json.encode(heading)
    out.write(first + b"\n")
    seal, count = hashlib.sha256(first).hexdigest(), 0
    for position, data in events:
        seal = _next_seal(seal, position, data)
        line = Line(position=position, event=msgspec.Raw(data), seal=seal)
        out.write(msgspec.json.encode(line) + b"\n")
        count += 1
    out.write(msgspec.json.encode(Ending(events=count, seal=seal)) + b"\n")
    return count


def verify(path: Path) -> tuple[Heading, int]:
    """Check every line of a file; its heading and the number of events.

    Raises EventError that names the first line that is not as it was written, StorageError for a
    file that cannot be opened.
    """
    count = 0
    reader = _Reader(path)
    for _ in reader.events():
        count += 1
    return reader.heading, count


class _Reader:
    """Goes through a file once and refuses the first line that is not right."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines = _lines(path)
        first = next(self._lines, None)
        if first is None:
            raise EventError(
                f"事件文件 {path} 是空的：请检查路径，或重新导出（duban events export）。",
                f"The event file {path} is empty: please check the path, or export it again.",
            )
        if first.endswith(b"\r") or first.startswith(codecs.BOM_UTF8):
            raise EventError(
                f"事件文件 {path} 被编辑器另存过（换行或文件头已变），封存无从核对："
                "请使用导出时的原文件。",
                f"The event file {path} was saved anew by an editor (its line ends or its head "
                "changed) and cannot be verified: please use the file as it was exported.",
            )
        try:
            self.heading = msgspec.json.decode(first, type=Heading)
        except msgspec.MsgspecError as error:
            raise EventError(
                f"{path} 不是 duban 导出的事件文件（第 1 行无法解读）：请检查路径。",
                f"{path} was not exported by duban (line 1 cannot be read): please check the path.",
            ) from error
        if self.heading.format != FORMAT:
            raise EventError(
                f"事件文件 {path} 的格式是 {self.heading.format}，本程序只认识 {FORMAT}："
                "请用写出它的版本查看，或升级 duban。",
                f"The format of {path} is {self.heading.format}, this program knows {FORMAT} only: "
                "please upgrade duban.",
            )
        self._seal = hashlib.sha256(first).hexdigest()

    def events(self) -> Iterator[tuple[int, Event]]:
        """Position and event of each line, up to the last line, which must be there."""
        before = 0
        for number, data in enumerate(self._lines, 2):
            count = number - 2
            if b'"events"' in data[:12]:
                self._refuse_wrong_end(number, data, count)
                return
            line = self._line(number, data)
            seal = _next_seal(self._seal, line.position, bytes(line.event))
            if seal != line.seal:
                raise self._wrong(
                    number,
                    "内容与写出时不同（被改过，或之前有行被增删、调换）",
                    "it is not as it was written (changed, or a line before it was added, taken "
                    "out or moved)",
                )
            if line.position <= before:
                raise self._wrong(
                    number,
                    f"位置 {line.position} 不大于上一行的 {before}",
                    f"its position {line.position} does not follow {before}",
                )
            self._seal, before = seal, line.position
            try:
                yield line.position, decode(bytes(line.event))
            except EventError as error:
                raise self._wrong(number, str(error), "the event in it cannot be read") from error
        raise EventError(
            f"事件文件 {self._path} 没有结尾行：文件被截断，后面的事件不在其中，请重新导出。",
            f"The event file {self._path} has no last line: it was cut off, and later events are "
            "not in it; please export it again.",
        )

    def _line(self, number: int, data: bytes) -> Line:
        try:
            return msgspec.json.decode(data, type=Line)
        except msgspec.MsgspecError as error:
            raise self._wrong(
                number, f"不是一个事件：{_shown(data)}", f"it is no event: {_shown(data)}"
            ) from error

    def _refuse_wrong_end(self, number: int, data: bytes, count: int) -> None:
        try:
            ending = msgspec.json.decode(data, type=Ending)
        except msgspec.MsgspecError as error:
            raise self._wrong(
                number,
                "结尾行不完整，文件可能被截断",
                "the last line is not whole; the file may have been cut off",
            ) from error
        if ending.events != count or ending.seal != self._seal:
            raise self._wrong(
                number,
                f"结尾行说有 {ending.events} 个事件，实际 {count} 个，或封存不符",
                f"the last line tells of {ending.events} events, there are {count}, or its seal is "
                "wrong",
            )
        if next(self._lines, None) is not None:
            raise self._wrong(number + 1, "结尾行之后还有内容", "something follows the last line")

    def _wrong(self, number: int, zh: str, en: str) -> EventError:
        return EventError(
            f"事件文件 {self._path} 第 {number} 行不对：{zh.rstrip('。')}。请使用导出时的原文件。",
            f"Line {number} of the event file {self._path} is wrong: {en}. "
            "Please use the file as it was exported.",
        )


def _shown(data: bytes) -> str:
    """The beginning of a line, as far as it can be shown."""
    text = data[:_SHOWN_BYTES].decode(errors="replace")
    return "".join(one if one.isprintable() else "?" for one in text)


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as source:
            while line := source.readline(_MOST_BYTES_A_LINE):
                yield line.rstrip(b"\n")
    except OSError as error:
        raise StorageError(
            f"事件文件 {path} 无法打开（{error.strerror}）：请检查路径。",
            f"The event file {path} cannot be opened ({error.strerror}): please check the path.",
        ) from error


def _next_seal(seal: str, position: int, data: bytes) -> str:
    return hashlib.sha256(f"{seal} {position} ".encode() + data).hexdigest()
