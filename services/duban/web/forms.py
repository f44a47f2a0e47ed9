"""Forms with files, taken in pieces: whole within the limits, or refused with nothing kept."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import msgspec
from fastapi import Request
from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from duban.web.refusal import Refusal

MOST_FILES = 100
MOST_REQUEST_BYTES = 256 * 1024 * 1024
_MOST_FIELDS = 10
_MOST_FIELD_BYTES = 16 * 1024
_NAME_CHARACTERS = 120
#: A refused body is still read to its end, and dropped: a browser shows no answer before that.
_DRAIN_S = 120.0
_HEADER_BYTES = 4096  # of one part of a form; a name of a file is the longest thing in it
_NOTHING_KEPT = "整批没有收下任何内容。"
_NONE_KEPT = "Nothing of it was kept."
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


class _TooManyFilesError(Exception):
    """More files than may come at once."""


class _TooManyFieldsError(Exception):
    """More fields than any form of ours has."""


class _TooLargeError(Exception):
    """More bytes than a request may have."""


class _LongNameError(Exception):
    """The name of a file is longer than any file system takes."""


class _Parser(MultiPartParser):
    spool_max_size = 64 * 1024
    _parts = 0
    _header = 0

    def on_part_begin(self) -> None:
        self._parts += 1
        if self._parts > MOST_FILES + _MOST_FIELDS:
            files = sum(isinstance(value, UploadFile) for _, value in self.items)
            raise _TooManyFilesError if files > _MOST_FIELDS else _TooManyFieldsError
        self._header = 0
        super().on_part_begin()

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header += end - start
        if self._header > _HEADER_BYTES:
            raise _LongNameError
        super().on_header_value(data, start, end)


@asynccontextmanager
async def received(request: Request) -> AsyncIterator[Form]:
    """The form of a request; its temporary files are gone when the context ends.

    Raises Refusal with a sentence for what is no form, too large, or has too many files.
    """
    body = request.stream()
    try:
        form = await _parse(request, body)
    except ClientDisconnect as error:
        raise Refusal(
            400, f"传送中断，{_NOTHING_KEPT}", f"The transfer broke off. {_NONE_KEPT}"
        ) from error
    except (*_OURS, MultiPartException) as error:
        await _drain(body)
        raise _refusal(error) from error
    except OSError as error:
        await _drain(body)
        raise Refusal(
            503, f"服务器的临时空间不足，{_NOTHING_KEPT}请告知管理员。",
            f"The server has no room for temporary files. {_NONE_KEPT} Please tell its operator.",
        ) from error  # fmt: skip
    try:
        yield _told(form)
    finally:
        await form.close()


async def _parse(request: Request, body: AsyncGenerator[bytes, None]) -> FormData:
    told, options = parse_options_header(request.headers.get("content-type", ""))
    kind = told.decode("latin-1").lower()
    # Other codecs of Python make text that can be stored nowhere; every browser sends UTF-8.
    if options.get(b"charset", b"utf-8").lower() != b"utf-8":
        raise Refusal(
            415, f"表单的文字编码只能是 UTF-8，{_NOTHING_KEPT}",
            f"A form must be encoded in UTF-8. {_NONE_KEPT}",
        )  # fmt: skip
    if kind == "multipart/form-data":
        return await _Parser(
            request.headers, _bounded(body, MOST_REQUEST_BYTES),
            max_files=MOST_FILES + _MOST_FIELDS, max_fields=_MOST_FIELDS,
            max_part_size=_MOST_FIELD_BYTES,
        ).parse()  # fmt: skip
    if kind == "application/x-www-form-urlencoded":
        return await FormParser(
            request.headers, _bounded(body, MOST_REQUEST_BYTES),
            max_fields=_MOST_FIELDS, max_part_size=_MOST_FIELD_BYTES,
        ).parse()  # fmt: skip
    raise Refusal(
        415, "请求不是表单：请用页面上的表单，或按接口说明提交。",
        "This is no form: please use the form of the page, or what the API describes.",
    )  # fmt: skip


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


_OURS = (_TooLargeError, _TooManyFilesError, _TooManyFieldsError, _LongNameError)
_WRONG = (
    400, f"表单不完整或已损坏，{_NOTHING_KEPT}请重新选择文件后再试。",
    f"The form is incomplete or damaged. {_NONE_KEPT} Please choose the files again.",
)  # fmt: skip


def _refusal(error: Exception) -> Refusal:
    most = MOST_REQUEST_BYTES // 2**20
    said = f"{error} {error.__cause__ or ''}"
    if isinstance(error, _TooLargeError):
        told = (
            413, f"一次上传超过 {most} MB，{_NOTHING_KEPT}请分几次上传。",
            f"More than {most} MB at once. {_NONE_KEPT} Please upload in several goes.",
        )  # fmt: skip
    elif isinstance(error, _TooManyFilesError):
        told = (
            413, f"一次上传的文件超过 {MOST_FILES} 个，{_NOTHING_KEPT}请分几次上传。",
            f"More than {MOST_FILES} files at once. {_NONE_KEPT} Please upload in several goes.",
        )  # fmt: skip
    elif isinstance(error, _TooManyFieldsError) or "Too many fields" in said:
        told = (
            413, f"表单的填写项过多，{_NOTHING_KEPT}请用页面上的表单。",
            f"The form has too many fields. {_NONE_KEPT} Please use the form of the page.",
        )  # fmt: skip
    elif isinstance(error, _LongNameError) or "header size" in said:
        told = (
            400, f"文件名过长，{_NOTHING_KEPT}请改短文件名后再试。",
            f"The name of a file is too long. {_NONE_KEPT} Please shorten it.",
        )  # fmt: skip
    elif "exceeded maximum size" in said:
        told = (
            413, f"表单里填写的内容过长，{_NOTHING_KEPT}请改短后再试。",
            f"What was filled into the form is too long. {_NONE_KEPT} Please shorten it.",
        )  # fmt: skip
    else:
        told = _WRONG
    return Refusal(*told)


def _told(form: FormData) -> Form:
    fields = {name: value.strip() for name, value in form.multi_items() if isinstance(value, str)}
    sent = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
    files = [
        SentFile(clean(one.filename or ""), one.size or 0, one)
        for one in sent
        if one.filename or one.size
    ]
    if len(files) > MOST_FILES:
        raise _refusal(_TooManyFilesError())
    return Form(fields, tuple(files))


def clean(name: str) -> str:
    """The last part of a file's name, printable and short: it is a title, never a path."""
    last = _UNPRINTABLE.sub("", re.split(r"[/\\]", name)[-1]).strip()
    return last[-_NAME_CHARACTERS:] or "未命名文件"
