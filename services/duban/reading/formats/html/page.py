"""Bytes of a page → its tree, without what is not drawn and without inline markup."""

from __future__ import annotations

import re

from lxml import etree

from duban.errors import UnreadableError
from duban.reading.formats.encoding import decode
from duban.reading.formats.html.words import text_of

_NEVER_DRAWN = (
    "script", "style", "template", "noscript", "select", "textarea", "button", "datalist",
    "svg", "math", "object", "audio", "video", "canvas", "map", "rt", "rp", "xml",
)  # fmt: skip
# Text struck through was deleted by its author; read as text it would make wrong numbers.
_STRUCK = ("del", "s", "strike")
_INLINE = (
    "span", "font", "b", "strong", "i", "em", "u", "o:p", "small", "big", "sub", "ins", "mark",
    "label", "abbr", "acronym", "code", "tt", "kbd", "samp", "var", "cite", "q", "bdi", "bdo",
    "time", "nobr", "wbr", "st1:chsdate", "st1:personname", "w:sdt",
)  # fmt: skip
# Sites paste whole pages into pages, and the parser drops all that follows the first end.
_END_OF_PAGE = re.compile(r"</(?:[hH][tT][mM][lL]|[bB][oO][dD][yY])(?=[\s>])[^>]*>")
_INLINE_TAG = re.compile(rf"</?(?:{'|'.join(_INLINE)})\b[^>]*>", re.IGNORECASE)
_BOX = re.compile(r"</?(?:div|section|article|center|blockquote)\b[^>]*>", re.IGNORECASE)
_HIDING_WORDS = ("none", "NONE", "None", "line-through", "LINE-THROUGH", "hidden", "HIDDEN")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|line-through", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
# A page whose text waits in a hidden element for a script still has to be read.
_LEAST_VISIBLE_CHARACTERS = 200


def parse(data: bytes) -> etree._Element | None:
    """The root element, or None where the bytes hold no element and no text.

    Raises UnreadableError `corrupt` where elements are nested deeper than the parser goes.
    """
    text = _END_OF_PAGE.sub("", decode(data).replace("\0", ""))
    root, is_whole = _tree(text)
    if not is_whole:
        # Some editors never close what they open, thousands of times.
        text = _BOX.sub("<p>", _INLINE_TAG.sub("", text))
        root, is_whole = _tree(text)
        if not is_whole:
            raise UnreadableError(
                "corrupt", "网页的标签嵌套过深，无法可靠读取：请提供 .docx 或文字版 PDF。"
            )
    if root is None:
        return None
    etree.strip_elements(root, *_NEVER_DRAWN, *_STRUCK, with_tail=False)
    if any(word in text for word in _HIDING_WORDS):
        _drop_hidden(root)
    _mark_raised_numbers(root)
    etree.strip_tags(root, *_INLINE)
    return root


def _tree(text: str) -> tuple[etree._Element | None, bool]:
    """The tree, and whether the parser came to the end of the page."""
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True, no_network=True
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        root = None
    return root, not parser.error_log.filter_from_fatals()


def _drop_hidden(root: etree._Element) -> None:
    hidden = _hidden(root)
    if not hidden:
        return
    hidden_ones = set(hidden)
    outermost = [e for e in hidden if not any(a in hidden_ones for a in e.iterancestors())]
    all_text = _length(root)
    if all_text - sum(map(_length, outermost)) < min(_LEAST_VISIBLE_CHARACTERS, all_text // 2):
        return
    for element in outermost:
        _remove(element)


def _hidden(root: etree._Element) -> list[etree._Element]:
    """Hidden elements; thousands of elements share a few styles, each looked at once."""
    hides: dict[str | None, bool] = {None: False}
    found: list[etree._Element] = []
    for element in root.iter():
        style = element.get("style")
        if style is not None and style not in hides:
            hides[style] = _HIDDEN_STYLE.search(style) is not None
        if hides[style] or element.get("hidden") is not None:
            found.append(element)
    return [element for element in found if element.tag not in {"html", "body"}]


def _length(element: etree._Element) -> int:
    return sum(len(text.strip()) for text in element.itertext())


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def _mark_raised_numbers(root: etree._Element) -> None:
    """A raised note number must not become a digit of the number before it."""
    for raised in root.iter("sup"):
        text = text_of(raised).strip()
        if _DIGITS.fullmatch(text):
            for child in list(raised):
                raised.remove(child)
            raised.text = f"[{text}]"
    etree.strip_tags(root, "sup")
