"""Plain text: a copy of a report whose tables became lines."""

from __future__ import annotations

from duban.domain.document import Document
from duban.reading.formats.encoding import decode
from duban.reading.formats.text.block import blocks, lines_of

LARGEST_BYTES = 20_000_000


def read(data: bytes) -> Document:
    """The document of a text file; its structure is that of a conversion, not the original's."""
    return Document(media="text", blocks=tuple(blocks(lines_of(decode(data)))), converted=True)
