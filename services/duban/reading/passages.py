"""The prose of a report: paragraphs with the part they stand in, and the text of each section."""

from __future__ import annotations

import re
from collections.abc import Sequence

from duban.domain.report import Passage, Section
from duban.reading.flow import GridMark, Item, Line, PictureMark
from duban.reading.sections.headings import ordinal_of
from duban.reading.sections.parts import Heading
from duban.reading.tables.labels import Normal

_NOTE = re.compile(r"(?:注|备注|说明)[:：]")
_LONGEST_SUBHEADING = 30


def passages_of(
    items: Sequence[Item], headings: Sequence[Heading], title_lines: range, normal: Normal
) -> tuple[Passage, ...]:
    """Every paragraph below the title, and the notes that stand inside tables.

    A first-level heading outside the form does not end the part it stands in.
    """
    opened = {heading.candidate.place: heading for heading in headings}
    found: list[Passage] = []
    part: int | None = None
    paragraph: int | None = None
    for index, item in enumerate(items):
        if isinstance(item, GridMark):
            found += _notes(item, part)
            paragraph = None
            continue
        if not isinstance(item, Line) or index in title_lines:
            continue
        heading = opened.get(index)
        if heading:
            part = heading.part or part
        sub = heading is not None or _is_subheading(item, normal)
        passage = Passage(text=item.text, at=item.at, part=part, heading=sub)
        if found and paragraph == item.paragraph and not sub and not found[-1].heading:
            found[-1] = Passage(text=f"{found[-1].text}\n{item.text}", at=found[-1].at, part=part)
        else:
            found.append(passage)
        paragraph = item.paragraph
    return tuple(found)


def _is_subheading(line: Line, normal: Normal) -> bool:
    if len(line.text) > 2 * _LONGEST_SUBHEADING:
        return False
    text = normal(line.text)
    ordinal, _, rest = ordinal_of(text)
    if ordinal is None and line.level is None and not line.numbering:
        return False
    return len(rest) <= _LONGEST_SUBHEADING and not any(
        mark in rest.rstrip("。:") for mark in "。;"
    )


def _notes(mark: GridMark, part: int | None) -> list[Passage]:
    return [
        Passage(text=cell.text.strip(), at=cell.at, part=part)
        for cell in mark.grid.cells
        if len(cell.text) > 8 and _NOTE.match(cell.text.lstrip())
    ]


def sections_of(items: Sequence[Item], headings: Sequence[Heading]) -> tuple[Section, ...]:
    """The headings with the prose below each, up to the next part (or next heading at all)."""
    found = []
    for number, heading in enumerate(headings):
        candidate = heading.candidate
        following = headings[number + 1 :]
        if heading.part:
            following = [later for later in following if later.part]
        end = following[0].candidate.place if following else len(items)
        lines = items[candidate.place + 1 : end]
        found.append(
            Section(
                heading=_printed(candidate.line),
                at=candidate.line.at,
                part=heading.part,
                ordinal=candidate.ordinal,
                style=candidate.style,
                similar=heading.similar,
                repeats=heading.repeats,
                text="\n".join(item.text for item in lines if isinstance(item, Line)),
            )
        )
    return tuple(found)


def _printed(line: Line) -> str:
    return f"{line.numbering or ''}{line.text}"


def pictures_of(items: Sequence[Item], headings: Sequence[Heading]) -> tuple[int, ...]:
    """The parts that hold a picture, 0 for the preface."""
    opened = {heading.candidate.place: heading.part for heading in headings if heading.part}
    part = 0
    found: set[int] = set()
    for index, item in enumerate(items):
        part = opened.get(index) or part
        if isinstance(item, PictureMark):
            found.add(part)
    return tuple(sorted(found))
