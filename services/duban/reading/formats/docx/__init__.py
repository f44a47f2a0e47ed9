"""Word documents (.docx): the text as it prints, tracked changes accepted, numbers resolved."""

from __future__ import annotations

from duban.domain.document import Document
from duban.errors import UnreadableError
from duban.reading.formats.docx.body import blocks_of
from duban.reading.formats.docx.names import ALT_CHUNK
from duban.reading.formats.docx.numbering import numbers_of
from duban.reading.formats.docx.package import open_package
from duban.reading.formats.docx.settle import settle
from duban.reading.formats.docx.style import Styles


def read(data: bytes) -> Document:
    """The document of a .docx file.

    Raises UnreadableError `truncated`, `corrupt`, `encrypted`, `expands_too_far`,
    `too_large` or `unsupported`.
    """
    with open_package(data) as package:
        root = package.document()
        styles = Styles(package.styles())
        settle(root)
        numbers = numbers_of(root, package.related("numbering"), styles)
        blocks = tuple(blocks_of(root, styles, numbers))
        if not blocks and next(root.iter(ALT_CHUNK), None) is not None:
            raise UnreadableError(
                "unsupported",
                "正文是嵌入的网页，暂不能读取：请用 Word 或 WPS 打开后另存为 .docx 再试。",
            )
        return Document(media="docx", blocks=blocks, title=package.title())
