"""Plain text: a copy of a report whose tables became lines."""

from __future__ import annotations

from duban.domain.document import Document
from duban.errors import UnreadableError
from duban.reading.formats.encoding import decode
from duban.reading.formats.text.block import blocks, lines_of

LARGEST_BYTES = 20_000_000


def read(data: bytes) -> Document:
    """The document of a text file; its structure is that of a conversion, not the original's.

    Raises UnreadableError `too_large` above LARGEST_BYTES.
    """
    if len(data) > LARGEST_BYTES:
        raise UnreadableError(
            "too_large",
            f"文本文件有 {len(data) / 1e6:.0f} MB，超过可读取的 {LARGEST_BYTES // 1_000_000} MB："
            "请只提供年度报告正文。",
        )
    return Document(media="text", blocks=tuple(blocks(lines_of(decode(data)))), converted=True)
