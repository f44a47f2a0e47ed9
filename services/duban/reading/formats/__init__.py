"""One reader per format; each imports its libraries only when such a file comes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from duban.domain.document import Document, Media
from duban.reading.formats.refusal import refuse


def _html(data: bytes) -> Document:
    from duban.reading.formats import html

    return html.read(data)


def _docx(data: bytes) -> Document:
    from duban.reading.formats import docx

    return docx.read(data)


def _pdf(data: bytes) -> Document:
    from duban.reading.formats import pdf

    return pdf.read(data)


def _text(data: bytes) -> Document:
    from duban.reading.formats import text

    return text.read(data)


def _markdown(data: bytes) -> Document:
    from duban.reading.formats import markdown

    return markdown.read(data)


READERS: dict[Media, Callable[[bytes], Document]] = {
    "html": _html,
    "docx": _docx,
    "pdf": _pdf,
    "text": _text,
    "markdown": _markdown,
    "doc": partial(refuse, "doc"),
    "wps": partial(refuse, "wps"),
    "rtf": partial(refuse, "rtf"),
    "odt": partial(refuse, "odt"),
    "xlsx": partial(refuse, "xlsx"),
    "ofd": partial(refuse, "ofd"),
    "zip": partial(refuse, "zip"),
    "unknown": partial(refuse, "unknown"),
}
