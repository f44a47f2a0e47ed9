"""What one line of a text file is."""

from __future__ import annotations

import re
from typing import NamedTuple

_PAGE_NUMBER = re.compile(
    r"[-—–－·\s]*\d{1,3}[-—–－·\s]*|第\s*\d{1,3}\s*页(\s*[,，/]?\s*共\s*\d{1,3}\s*页)?|\d{1,3}\s*/\s*\d{1,3}"
)
_BARE_NUMBER = re.compile(r"\d{1,3}")
_ARTEFACT = re.compile(r"\[bookmark:[^\]]{0,80}\]|\[(?:图片|image|pic)\]", re.IGNORECASE)
_HEADING = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}[）)、.．]")
_HEADING_WITHOUT_ORDINAL = re.compile(r"\S{5,40}(?:情况|事项|措施)[：:。]?")
_NUMBER = re.compile(r"[+\-]?[\d０-９][\d０-９,，.．]*\s*(?:件|条|项|万元|元)?")
_SENTENCE_LENGTH = 60  # characters; no label of the form is longer


class Line(NamedTuple):
    """A line and its number, counted from 1."""

    number: int
    text: str

    @property
    def is_empty(self) -> bool:
        """Nothing at all is on it; a line of a single TAB is an empty cell instead."""
        return not self.text.strip() and "\t" not in self.text


def split_artefacts(text: str) -> tuple[str, list[str]]:
    """The text without the marks a converter left in it, and these marks."""
    found = _ARTEFACT.findall(text)
    return (_ARTEFACT.sub("", text) if found else text), found


def is_page_number(text: str) -> bool:
    """Whether the line may be a page number (`4`, `- 3 -`, `第3页 共6页`)."""
    return _PAGE_NUMBER.fullmatch(text.strip()) is not None


def is_bare_number(text: str) -> bool:
    """Whether the line is a number and nothing else, which a stray table cell is too."""
    return _BARE_NUMBER.fullmatch(text.strip()) is not None


def is_number_cell(text: str) -> bool:
    """Whether a cell holds a number, or nothing."""
    return not text.strip() or _NUMBER.fullmatch(text.strip()) is not None


def is_sentence(text: str) -> bool:
    """Whether a line is running text, too long for any label or closed by a full stop."""
    text = text.strip()
    return len(text) > _SENTENCE_LENGTH or text.endswith("。")


def opens_prose(text: str) -> bool:
    """Whether a line is a heading or a sentence, and so cannot go on inside a table cell."""
    text = text.strip()
    return (
        is_sentence(text)
        or _HEADING.match(text) is not None
        or _HEADING_WITHOUT_ORDINAL.fullmatch(text) is not None
    )
