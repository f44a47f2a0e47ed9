"""Zip archives from untrusted hands: opened and read only within stated limits."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from duban.errors import UnreadableError

MOST_ENTRIES = 10_000
LARGEST_PART_BYTES = 32_000_000
MOST_EXPANSION = 250  # expanded bytes per packed byte, looked at from _SMALL_PART_BYTES on
_SMALL_PART_BYTES = 4_000_000
_LARGEST_DIRECTORY_BYTES = 4_000_000
_CHUNK_BYTES = 1_000_000

_END_OF_DIRECTORY = b"PK\x05\x06"
_END_LENGTH = 22
_LONGEST_COMMENT = 65_535
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_LOCAL_SIGNATURE = b"PK\x03\x04"
_MOST_LOCAL_NAMES = 200
_ENCRYPTED_FLAG = 1
_TYPE_PART = "mimetype"
_TYPE_BYTES = 200


def open_archive(data: bytes) -> zipfile.ZipFile:
    """The archive in `data`; nothing is expanded yet.

    Raises UnreadableError `truncated` where the directory at the end is missing, `corrupt`
    where it is damaged, `expands_too_far` where it lists too many entries.
    """
    end = data.rfind(_END_OF_DIRECTORY, max(0, len(data) - _END_LENGTH - _LONGEST_COMMENT))
    if end < 0 or len(data) < end + _END_LENGTH:
        raise UnreadableError(
            "truncated", "文件不完整，缺少末尾的目录：可能没有下载完，请重新下载或重新上传。"
        )
    entries, directory_bytes = struct.unpack_from("<HL", data, end + 10)
    if entries > MOST_ENTRIES or directory_bytes > _LARGEST_DIRECTORY_BYTES:
        raise UnreadableError(
            "expands_too_far",
            f"压缩包内条目过多（上限 {MOST_ENTRIES} 个）：不是正常的报告文件，请核对来源。",
        )
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OverflowError, struct.error, OSError) as error:
        raise damaged() from error
    except NotImplementedError as error:
        raise UnreadableError(
            "unsupported", "压缩方式不受支持：请用 Word 或 WPS 重新另存为 .docx 后再试。"
        ) from error
    if len(archive.filelist) > MOST_ENTRIES:
        raise UnreadableError(
            "expands_too_far",
            f"压缩包内条目过多（上限 {MOST_ENTRIES} 个）：不是正常的报告文件，请核对来源。",
        )
    return archive


def read_part(archive: zipfile.ZipFile, name: str) -> bytes | None:
    """The expanded bytes of one entry, None where there is none of that name.

    Raises UnreadableError `encrypted`, `expands_too_far`, `corrupt` or `unsupported`.
    """
    try:
        entry = archive.getinfo(name)
    except KeyError:
        return None
    if entry.flag_bits & _ENCRYPTED_FLAG:
        raise locked()
    _check_expansion(entry.file_size, entry.compress_size)
    chunks: list[bytes] = []
    total = 0
    try:
        with archive.open(entry) as part:
            while chunk := part.read(_CHUNK_BYTES):
                total += len(chunk)
                _check_expansion(total, entry.compress_size)
                chunks.append(chunk)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, struct.error) as error:
        raise damaged() from error
    except (NotImplementedError, RuntimeError) as error:
        raise UnreadableError(
            "unsupported", "压缩方式不受支持：请用 Word 或 WPS 重新另存为 .docx 后再试。"
        ) from error
    return b"".join(chunks)


def entry_names(data: bytes) -> list[str]:
    """The names of the entries, taken from the local headers where the directory is lost."""
    try:
        with open_archive(data) as archive:
            return [entry.filename for entry in archive.filelist]
    except UnreadableError:
        return _local_names(data)


def declared_type(data: bytes) -> str:
    """The content of the entry `mimetype`, empty where it is missing or unreadable."""
    try:
        with open_archive(data) as archive:
            part = read_part(archive, _TYPE_PART)
    except UnreadableError:
        return ""
    return (part or b"")[:_TYPE_BYTES].decode("ascii", "replace").strip()


def damaged() -> UnreadableError:
    """The error for an archive whose content cannot be expanded or parsed."""
    return UnreadableError(
        "corrupt", "文件内部已损坏，无法展开正文：请向发布单位索取原件或重新下载。"
    )


def locked() -> UnreadableError:
    """The error for a document that needs a password."""
    return UnreadableError("encrypted", "文件设有打开密码，无法读取：请取消密码后重新上传。")


def _check_expansion(expanded: int, packed: int) -> None:
    too_large = expanded > LARGEST_PART_BYTES
    too_dense = expanded > _SMALL_PART_BYTES and expanded > max(packed, 1) * MOST_EXPANSION
    if too_large or too_dense:
        raise UnreadableError(
            "expands_too_far",
            f"文件展开后超过 {LARGEST_PART_BYTES // 1_000_000} MB 或压缩比异常："
            "不是正常的报告文件，请核对来源。",
        )


def _local_names(data: bytes) -> list[str]:
    names: list[str] = []
    at = data.find(_LOCAL_SIGNATURE)
    while 0 <= at <= len(data) - _LOCAL_HEADER.size and len(names) < _MOST_LOCAL_NAMES:
        length = _LOCAL_HEADER.unpack_from(data, at)[9]
        start = at + _LOCAL_HEADER.size
        names.append(data[start : start + length].decode("utf-8", "replace"))
        at = data.find(_LOCAL_SIGNATURE, start + length)
    return names
