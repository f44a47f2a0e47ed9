"""The files a command was given: directories opened, bytes taken within a bound."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from duban.domain.report import Reason
from duban.intake.job import MAX_BYTES

STANDARD_INPUT = "-"


class Source(msgspec.Struct, frozen=True):
    """A file to read, named as the user named it, or the reason why it cannot be opened."""

    name: str
    problem: Reason | None = None


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A source with its bytes; `data` is None where there is a problem."""

    name: str
    data: bytes | None = None
    sha256: str | None = None
    size: int | None = None
    problem: Reason | None = None


def gather(arguments: Sequence[str]) -> Iterator[Source]:
    """Every file of the arguments in their order; a directory's files sorted by path."""
    for argument in arguments:
        if argument == STANDARD_INPUT:
            yield Source(argument)
        elif os.path.isdir(argument):  # noqa: PTH112 - the name stays as it was given
            yield from _directory(argument)
        elif not os.path.lexists(argument):
            yield Source(argument, Reason("not_found", f"找不到文件 {argument}：请检查路径。"))
        elif not os.access(argument, os.R_OK):
            yield Source(argument, _problem(argument, PermissionError()))
        else:
            yield Source(argument)


def _directory(root: str) -> Iterator[Source]:
    found: list[Source] = []

    def refused(error: OSError) -> None:
        name = str(error.filename)
        found.append(Source(name, _problem(name, error)))

    for folder, _, names in os.walk(root, onerror=refused):
        found.extend(Source(os.path.join(folder, name)) for name in names)  # noqa: PTH118
    yield from sorted(found, key=lambda source: source.name)


def open_source(source: Source) -> Opened:
    """Take the bytes, never more than MAX_BYTES of them."""
    if source.problem is not None:
        return Opened(name=source.name, problem=source.problem)
    try:
        if source.name == STANDARD_INPUT:
            return _take(source.name, sys.stdin.buffer)
        path = Path(source.name)
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            message = f"{source.name} 不是普通文件：请改给文件路径，或用 - 从标准输入读取。"
            return Opened(name=source.name, problem=Reason("unsupported", message))
        if status.st_size > MAX_BYTES:
            return _too_large(source.name, status.st_size)
        with path.open("rb") as file:
            return _take(source.name, file)
    except OSError as error:
        return Opened(name=source.name, problem=_problem(source.name, error))


def _take(name: str, file: BinaryIO) -> Opened:
    import hashlib  # loads OpenSSL, for which the reading processes need not wait

    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        return _too_large(name, None)
    return Opened(name=name, data=data, sha256=hashlib.sha256(data).hexdigest(), size=len(data))


def _too_large(name: str, size: int | None) -> Opened:
    limit = MAX_BYTES // (1024 * 1024)
    message = f"文件超过 {limit} MB，未读取：年报通常不足 10 MB，请确认是否给错文件。"
    return Opened(name=name, size=size, problem=Reason("too_large", message))


def _problem(name: str, error: OSError) -> Reason:
    if isinstance(error, FileNotFoundError):
        return Reason("not_found", f"找不到文件 {name}：请检查路径。")
    if isinstance(error, PermissionError):
        return Reason("not_permitted", f"没有权限读取 {name}：请检查文件权限。")
    return Reason("not_opened", f"无法打开 {name}（{error.strerror or error}）：请检查磁盘和路径。")
