"""A folder as a channel, for networks without mail: a line of JSON and a text for each message."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from duban.domain.day import SHANGHAI
from duban.domain.message import Message
from duban.errors import NotifyError
from duban.notifying.wording import with_id

LINES = "messages.jsonl"


class FileChannel:
    """Writes each message once, however often it is handed over: the text comes last."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: Message) -> None:
        day = message.at.astimezone(SHANGHAI).strftime("%Y%m%d-%H%M%S")
        text = self._folder / f"{day}-{message.id}.txt"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if text.exists():
                return
            self._add_line(message)
            whole = f"{message.subject}\n\n{with_id(message)}\n"
            _write_whole(text, whole.encode())
        except OSError as error:
            raise NotifyError(
                f"目录 {self._folder} 无法写入（{error.strerror}）：请检查路径、权限和空间。"
            ) from error

    def _add_line(self, message: Message) -> None:
        """Append a line, unless the file ends with it; half a line left by a crash is removed."""
        line = msgspec.json.encode(message) + b"\n"
        with (self._folder / LINES).open("a+b") as file:
            end = file.seek(0, os.SEEK_END)
            tail_from = max(0, end - 4 * len(line) - 65536)
            file.seek(tail_from)
            tail = file.read()
            whole = tail.rpartition(b"\n")[0]
            kept = tail_from + (len(whole) + 1 if b"\n" in tail else 0)
            if kept < end:
                file.truncate(kept)
            if f'"id":"{message.id}"'.encode() not in whole:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())


def _write_whole(path: Path, data: bytes) -> None:
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
