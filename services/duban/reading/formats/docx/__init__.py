"""Word documents (.docx): the text as it prints, tracked changes accepted, numbers resolved."""

from __future__ import annotations

from duban.domain.document import Document
from duban.reading.formats.docx.body import blocks_of
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
        styles = Styles(package.related("styles"))
        settle(root)
        numbers = numbers_of(root, package.related("numbering"), styles)
        return Document(
            media="docx",
            blocks=tuple(blocks_of(root, styles, numbers)),
            title=package.title(),
        )
