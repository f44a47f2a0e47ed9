"""Forms with files, taken in pieces: whole within the limits, or refused with nothing kept."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import msgspec
from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

MOST_FILES = 100
MOST_REQUEST_BYTES = 256 * 1024 * 1024
_MOST_FIELDS = 10
_MOST_FIELD_BYTES = 16 * 1024
_NAME_CHARACTERS = 120
#: A refused body is still read to its end, and dropped: a browser shows no answer before that.
_DRAIN_S = 120.0
_NOTHING_KEPT = "整批没有收下任何内容。"
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


class SentFile(msgspec.Struct, frozen=True):
    """A file of a form, under the last part of its name; read it when its turn has come."""

    name: str
    size: int
    upload: UploadFile

    async def data(self) -> bytes:
        """All bytes."""
        await self.upload.seek(0)
        return await self.upload.read()


class Form(msgspec.Struct, frozen=True):
    """The fields and the files of a form."""

    fields: dict[str, str]
    files: tuple[SentFile, ...]


class _TooManyError(Exception):
    """More parts than any form of ours has."""


class _TooLargeError(Exception):
    """More bytes than a request may have."""


class _Parser(MultiPartParser):
    spool_max_size = 64 * 1024
    _parts = 0

    def on_part_begin(self) -> None:
        self._parts += 1
        if self._parts > MOST_FILES + _MOST_FIELDS:
            raise _TooManyError
        super().on_part_begin()


@asynccontextmanager
async def received(request: Request) -> AsyncIterator[Form]:
    """The form of a request; its temporary files are gone when the context ends.

    Raises HTTPException with a sentence for what is no form, too large, or has too many files.
    """
    body = request.stream()
    try:
        form = await _parse(request, body)
    except ClientDisconnect as error:
        raise HTTPException(400, f"传送中断，{_NOTHING_KEPT}") from error
    except (_TooLargeError, _TooManyError, MultiPartException) as error:
        await _drain(body)
        raise _refusal(error) from error
    except OSError as error:
        await _drain(body)
        raise HTTPException(503, f"临时空间不足（{error.strerror}），{_NOTHING_KEPT}") from error
    try:
        yield _told(form)
    finally:
        await form.close()


async def _parse(request: Request, body: AsyncGenerator[bytes, None]) -> FormData:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _Parser(
            request.headers, _bounded(body, MOST_REQUEST_BYTES),
            max_files=MOST_FILES + _MOST_FIELDS, max_fields=_MOST_FIELDS,
            max_part_size=_MOST_FIELD_BYTES,
        ).parse()  # fmt: skip
    if kind == "application/x-www-form-urlencoded":
        return await FormParser(
            request.headers, _bounded(body, _MOST_FIELDS * _MOST_FIELD_BYTES)
        ).parse()
    raise HTTPException(415, "请求不是表单：请用页面上的表单，或按接口说明提交。")


async def _bounded(body: AsyncGenerator[bytes, None], most: int) -> AsyncGenerator[bytes, None]:
    seen = 0
    async for chunk in body:
        seen += len(chunk)
        if seen > most:
            raise _TooLargeError
        yield chunk


async def _drain(body: AsyncGenerator[bytes, None]) -> None:
    try:
        async with asyncio.timeout(_DRAIN_S):
            async for _ in body:
                pass
    except (TimeoutError, ClientDisconnect):
        return


def _refusal(error: Exception) -> HTTPException:
    if isinstance(error, _TooLargeError):
        most = MOST_REQUEST_BYTES // 2**20
        return HTTPException(413, f"一次上传超过 {most} MB，{_NOTHING_KEPT}请分几次上传。")
    if isinstance(error, _TooManyError):
        return HTTPException(
            413, f"一次上传的文件超过 {MOST_FILES} 个，{_NOTHING_KEPT}请分几次上传。"
        )
    return HTTPException(400, f"表单不完整或已损坏，{_NOTHING_KEPT}请重新选择文件后再试。")


def _told(form: FormData) -> Form:
    fields = {name: value.strip() for name, value in form.multi_items() if isinstance(value, str)}
    sent = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
    files = [
        SentFile(clean(one.filename or ""), one.size or 0, one)
        for one in sent
        if one.filename or one.size
    ]
    if len(files) > MOST_FILES:
        raise _refusal(_TooManyError())
    return Form(fields, tuple(files))


def clean(name: str) -> str:
    """The last part of a file's name, printable and short: it is a title, never a path."""
    last = _UNPRINTABLE.sub("", re.split(r"[/\\]", name)[-1]).strip()
    return last[-_NAME_CHARACTERS:] or "未命名文件"
