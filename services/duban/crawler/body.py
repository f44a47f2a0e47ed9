"""The body of an answer, taken within bounds whatever its headers claim."""

from __future__ import annotations

import zlib

import httpx

from duban.errors import FetchError

_STEP = 1 << 18
_IDENTITY, _GZIP = ("", "identity"), ("gzip", "x-gzip", "deflate")
_ANY_WRAPPING = 47  # zlib finds out itself whether the stream is gzip or zlib


def take(response: httpx.Response, max_bytes: int) -> bytes:
    """The decoded body; FetchError when it is too long or ends before its time."""
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding not in (*_IDENTITY, *_GZIP):
        raise FetchError(f"网页的压缩方式 {encoding} 不认识，未读取。")
    claimed = response.headers.get("content-length", "")
    if claimed.isdigit() and int(claimed) > max_bytes:
        raise FetchError(_too_long(max_bytes))
    inflate = zlib.decompressobj(_ANY_WRAPPING) if encoding in _GZIP else None
    body = bytearray()
    for chunk in response.iter_raw(_STEP):
        if inflate is None:
            body += chunk
        else:
            _inflate(inflate, chunk, body, max_bytes)
        if len(body) > max_bytes:
            raise FetchError(_too_long(max_bytes))
    if inflate is not None and body and not inflate.eof:
        raise FetchError("网页没有传完，未采用。")
    return bytes(body)


def _inflate(inflate: zlib._Decompress, chunk: bytes, body: bytearray, max_bytes: int) -> None:
    try:
        while chunk and len(body) <= max_bytes and not inflate.eof:
            body += inflate.decompress(chunk, _STEP)
            chunk = inflate.unconsumed_tail
    except zlib.error as error:
        raise FetchError("网页的压缩内容已损坏，未采用。") from error


def _too_long(max_bytes: int) -> str:
    return f"内容超过 {max_bytes // (1024 * 1024)} MB，未读取。"
