"""The first child of a kind, without the path search of `find`: asked for every cell."""

from __future__ import annotations

from lxml import etree


def first_child(parent: etree._Element | None, tag: str) -> etree._Element | None:
    """The first child with the tag; None where there is none, or no parent."""
    if parent is not None:
        for child in parent:  # it is mostly the very first, and a search by tag is slower
            if child.tag == tag:
                return child
    return None
