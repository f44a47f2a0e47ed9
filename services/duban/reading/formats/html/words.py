"""Which elements break the line, and how drawn text is divided into paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

HEADINGS = {f"h{level}": level for level in range(1, 7)}
BLOCKS = frozenset({
    "html", "body", "div", "p", "li", "ul", "ol", "dl", "dt", "dd", "section", "article", "main",
    "header", "footer", "nav", "aside", "address", "blockquote", "center", "fieldset", "legend",
    "figure", "figcaption", "form", "hr", "details", "summary", "dir", "menu", "hgroup",
    "table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th", "frameset", "noframes",
    *HEADINGS,
})  # fmt: skip
# No source holds this character; it stands for <br> until white space is squeezed.
SOFT_BREAK = "\x0b"

_SPACES = re.compile(r"[ \t\r\n\f]+")
_INDENTED = re.compile(r"(?:\u3000|[\u00a0\u2002\u2003]{2})")
_ORDINAL = re.compile(
    r"[\s\u3000]*(?:[（(]?[一二三四五六七八九十]{1,3}[）)、.．]|\d{1,2}[、.．](?!\d))"
)
_SENTENCE_ENDS = ("。", "；", "！", "？", ";", "!", "?")


def text_of(element: etree._Element) -> str:
    """All text inside an element, as in the source."""
    return "".join(map(str, element.itertext()))


def squeezed(text: str) -> str:
    """Text as drawn: source line ends and runs of blanks are one blank, none at the edges."""
    return text if text.isalnum() else _SPACES.sub(" ", text).strip()


def paragraphs_in(text: str, *, whole: bool) -> Iterator[str]:
    """The paragraphs of one block's text, soft breaks inside them as newlines.

    Pages often put <br> where a paragraph ends: it does so before an indent or an ordinal,
    after a sentence, after a numbered heading, or when doubled. `whole` keeps all in one.
    """
    if SOFT_BREAK not in text:
        if line := squeezed(text):
            yield line
        return
    open_lines: list[str] = []
    doubled = False
    for raw in text.split(SOFT_BREAK):
        line = squeezed(raw)
        if not line:
            doubled = True
            continue
        if open_lines and not whole and (doubled or _begins_anew(open_lines[-1], raw)):
            yield "\n".join(open_lines)
            open_lines = []
        open_lines.append(line)
        doubled = False
    if open_lines:
        yield "\n".join(open_lines)


def _begins_anew(previous: str, raw: str) -> bool:
    if previous.endswith(_SENTENCE_ENDS):
        return True
    if _INDENTED.match(raw.lstrip(" \t\r\n\f")) or _ORDINAL.match(raw):
        return True
    return _ORDINAL.match(previous) is not None
