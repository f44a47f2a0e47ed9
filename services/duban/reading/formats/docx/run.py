"""The text of a paragraph as it prints."""

from __future__ import annotations

from lxml import etree

from duban.reading.formats.docx import names as w

_TEXTS = frozenset({w.T, w.MATH_TEXT})
_FIXED = {w.BR: "\n", w.CR: "\n", w.HYPHEN: "-", w.PTAB: "\t"}


def text_of(paragraph: etree._Element) -> str:
    """Runs in order; a soft or page break is a newline, a tab stays a tab."""
    pieces: list[str] = []
    for part in paragraph:
        if part.tag == w.R:
            _add_run(part, pieces)
        elif part.tag != w.P_PR:
            _add_all(part, pieces)
    return "".join(pieces).strip()


def _add_run(run: etree._Element, pieces: list[str]) -> None:
    """What a run prints; its properties, the larger part of most runs, are passed over."""
    for part in run:
        tag = part.tag
        if tag == w.T:
            pieces.append(part.text or "")
        elif tag != w.R_PR:
            _add_all(part, pieces)


def _add_all(element: etree._Element, pieces: list[str]) -> None:
    for part in element.iter():  # a search for eight tags at once is slower
        tag = part.tag
        if tag in _TEXTS:
            pieces.append(part.text or "")
        elif tag in _FIXED:
            pieces.append(_FIXED[tag])
        elif tag == w.SYM:
            pieces.append(_symbol(part.get(w.CHAR)))
        elif tag == w.TAB and _is_drawn(part):
            pieces.append("\t")


def _is_drawn(tab: etree._Element) -> bool:
    """A tab in a run is drawn; one among the tab stops of the paragraph is not."""
    parent = tab.getparent()
    return parent is not None and parent.tag == w.R


def _symbol(code: str | None) -> str:
    try:
        return chr(int(code or "", 16))
    except (ValueError, OverflowError):
        return ""
