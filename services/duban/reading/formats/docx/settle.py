"""Brings a document part into its final, visible state before it is read.

Tracked changes are accepted, hidden and struck text goes, text boxes stand after the
paragraph that anchors them, and of two alternative renderings one remains.
"""

from __future__ import annotations

import re

from lxml import etree

from duban.reading.formats.docx import names as w

_OFF = frozenset({"0", "false", "off", "none"})
_DIGITS = re.compile(r"\s*\d+\s*")


def settle(root: etree._Element) -> None:
    """Change the tree in place."""
    _choose_alternatives(root)
    _place_text_boxes(root)
    _drop_deleted(root)
    etree.strip_elements(root, w.DEL, w.MOVE_FROM, w.RUBY_TEXT, *w.FORMER, with_tail=False)
    _drop_invisible_runs(root)
    _mark_raised_numbers(root)


def _choose_alternatives(root: etree._Element) -> None:
    """The first choice that holds anything is what a current program shows."""
    for alternate in list(root.iter(w.ALTERNATE)):
        options = [*alternate.findall(w.CHOICE), *alternate.findall(w.FALLBACK)]
        kept = next((option for option in options if len(option)), None)
        for option in options:
            if option is not kept:
                alternate.remove(option)


def _place_text_boxes(root: etree._Element) -> None:
    waiting: dict[etree._Element, list[etree._Element]] = {}
    for box in list(root.iter(w.TEXT_BOX)):
        anchor = next(box.iterancestors(w.P), None)
        if anchor is None:
            continue
        waiting.setdefault(anchor, []).extend(box)
        for block in list(box):
            box.remove(block)
    # The inner box of two nested ones comes later here, and its anchor has moved by then.
    for anchor, blocks in waiting.items():
        for block in reversed(blocks):
            anchor.addnext(block)


def _drop_deleted(root: etree._Element) -> None:
    """Rows and paragraph marks carry their deletion in their properties."""
    for mark in list(root.iter(w.DEL, w.MOVE_FROM)):
        properties = mark.getparent()
        if properties is None:
            continue
        if properties.tag == w.TR_PR:
            row = properties.getparent()
            if row is not None:
                _remove(row)
        elif properties.tag == w.R_PR:
            holder = properties.getparent()
            if holder is not None and holder.tag == w.P_PR:
                _join_with_next(holder)


def _join_with_next(properties: etree._Element) -> None:
    """A deleted paragraph mark: the text runs on into the paragraph that follows."""
    paragraph = properties.getparent()
    following = paragraph.getnext() if paragraph is not None else None
    if paragraph is None or following is None or following.tag != w.P:
        return
    first = 1 if len(following) and following[0].tag == w.P_PR else 0
    for part in reversed([part for part in paragraph if part is not properties]):
        following.insert(first, part)
    _remove(paragraph)


def _drop_invisible_runs(root: etree._Element) -> None:
    for mark in list(root.iter(w.VANISH, w.STRIKE, w.DOUBLE_STRIKE)):
        properties = mark.getparent()
        run = properties.getparent() if properties is not None else None
        if run is not None and run.tag == w.R and (mark.get(w.VAL) or "1") not in _OFF:
            _remove(run)


def _mark_raised_numbers(root: etree._Element) -> None:
    """A raised note number must not become a digit of the number before it."""
    for mark in root.iter(w.VERTICAL_ALIGN):
        properties = mark.getparent()
        run = properties.getparent() if properties is not None else None
        if mark.get(w.VAL) != "superscript" or run is None or run.tag != w.R:
            continue
        for text in run.iter(w.T):
            if text.text and _DIGITS.fullmatch(text.text):
                text.text = f"[{text.text.strip()}]"


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
