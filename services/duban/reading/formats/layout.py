"""Tells data tables from tables that only lay out a page, for every format that has both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

from duban.reading.formats.lattice import MOST_CELLS

Source = TypeVar("Source")

# No cell of the form holds more than a label of some 45 characters and a short note.
_PROSE_CHARACTERS = 200
_LONG_PROSE_CHARACTERS = 400
# Headings of the six parts. Rows of table three are numbered alike and have other words.
_PART_HEADING = re.compile(
    r"[一二三四五六]、\S{0,20}?(?:总体情况|主动公开政府信息|处理政府信息公开申请|行政复议|"
    r"存在的?(?:主要)?(?:问题|不足)|需要报告的?)\S{0,20}"
)
_SENTENCE_CHARACTERS = 60


class Cell(NamedTuple, Generic[Source]):
    """A cell as written: its element, its text, and whether it holds a table of several cells."""

    source: Source
    text: str
    holds_table: bool = False

    @property
    def flows(self) -> bool:
        """Whether the content is running text or a further table rather than a value."""
        if self.holds_table:
            return True
        if len(self.text) < _PROSE_CHARACTERS or "。" not in self.text:
            return False
        return "\n" in self.text or len(self.text) >= _LONG_PROSE_CHARACTERS


Row = Sequence[Cell[Source]]
Groups = Sequence[Sequence[Row[Source]]]


class Flowing(NamedTuple, Generic[Source]):
    """A cell whose content stands in the document as if there were no table around it."""

    source: Source


class DataRows(NamedTuple, Generic[Source]):
    """Consecutive rows of data, in their row groups."""

    groups: Groups[Source]


def segments(groups: Groups[Source]) -> Iterator[Flowing[Source] | DataRows[Source]]:
    """The table's parts in reading order; an ordinary data table is one DataRows.

    A table of one column, or too large to be a table of the form, holds no grid at all.
    """
    cells = [cell for rows in groups for row in rows for cell in row]
    if not cells:
        return
    width = max(len(row) for rows in groups for row in rows)
    if width == 1 or len(cells) > MOST_CELLS:
        for cell in cells:
            yield Flowing(cell.source)
    elif any(_flows(row) for rows in groups for row in rows):
        yield from _taken_apart(groups)
    else:
        yield DataRows(groups)


def _taken_apart(groups: Groups[Source]) -> Iterator[Flowing[Source] | DataRows[Source]]:
    """Rows with flowing cells flow; the data rows between them stay together."""
    for rows in groups:
        together: list[Row[Source]] = []
        for row in rows:
            if _flows(row):
                yield from _closed(together)
                together = []
                for cell in row:
                    yield Flowing(cell.source)
            else:
                together.append(row)
        yield from _closed(together)


def _flows(row: Row[Source]) -> bool:
    if any(cell.flows for cell in row):
        return True
    if len(row) != 1:
        return False
    text = row[0].text
    is_sentence = len(text) >= _SENTENCE_CHARACTERS and "。" in text
    return is_sentence or _PART_HEADING.fullmatch(text) is not None


def _closed(rows: list[Row[Source]]) -> Iterator[Flowing[Source] | DataRows[Source]]:
    if any(len(row) > 1 for row in rows):
        yield DataRows([rows])
    else:
        for row in rows:
            for cell in row:
                yield Flowing(cell.source)
