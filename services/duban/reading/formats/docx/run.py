"""The text of a paragraph as it prints."""

from __future__ import annotations

from lxml import etree

from duban.reading.formats.docx import names as w

_TEXT_TAGS = (w.T, w.TAB, w.BR, w.CR, w.SYM, w.HYPHEN, w.PTAB, w.MATH_TEXT)


def text_of(paragraph: etree._Element) -> str:
    """Runs in order; a soft or page break is a newline, a tab stays a tab."""
    pieces: list[str] = []
    for part in paragraph.iter(*_TEXT_TAGS):
        tag = part.tag
        if tag == w.T or tag == w.MATH_TEXT:
            pieces.append(part.text or "")
        elif tag in {w.BR, w.CR}:
            pieces.append("\n")
        elif tag == w.HYPHEN:
            pieces.append("-")
        elif tag == w.SYM:
            pieces.append(_symbol(part.get(w.CHAR)))
        elif tag == w.PTAB or _is_drawn(part):
            pieces.append("\t")
    return "".join(pieces).strip()


def _is_drawn(tab: etree._Element) -> bool:
    """A tab in a run is drawn; one among the tab stops of the paragraph is not."""
    parent = tab.getparent()
    return parent is not None and parent.tag == w.R


def _symbol(code: str | None) -> str:
    try:
        return chr(int(code or "", 16))
    except (ValueError, OverflowError):
        return ""
