"""Markdown: a converted copy of a report, with pipe tables or html tables inside."""

from __future__ import annotations

from duban.domain.document import Document
from duban.errors import UnreadableError
from duban.reading.formats.encoding import decode
from duban.reading.formats.markdown.block import blocks_and_links
from duban.reading.formats.text.block import lines_of

LARGEST_BYTES = 20_000_000


def read(data: bytes) -> Document:
    """The document of a Markdown file; its structure is that of a conversion.

    Raises UnreadableError `too_large` above LARGEST_BYTES.
    """
    if len(data) > LARGEST_BYTES:
        raise UnreadableError(
            "too_large",
            f"Markdown 文件有 {len(data) / 1e6:.0f} MB，超过可读取的 "
            f"{LARGEST_BYTES // 1_000_000} MB：请只提供年度报告正文。",
        )
    blocks, links = blocks_and_links(lines_of(decode(data)))
    return Document(media="markdown", blocks=blocks, links=links, converted=True)
