"""Html inside another format."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from duban.domain.document import Block, Grid
from duban.domain.place import Place
from duban.reading.formats.html.flow import blocks_of
from duban.reading.formats.html.page import parse


def blocks_of_fragment(source: str, *, line: int, first_table: int) -> Iterator[Block]:
    """The blocks of a fragment that begins on `line`; tables count from `first_table`."""
    page = parse(source.encode("utf-8", "replace"))
    if page is None:
        return
    for drawn in blocks_of(page, tables_before=first_table - 1):
        block = drawn.block
        if isinstance(block, Grid):
            yield replace(block, at=Place(line=line, table=block.at.table))
        else:
            yield replace(block, at=Place(line=line))
