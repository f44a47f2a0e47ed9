"""The first child of a kind, without the path search of `find`: asked for every cell."""

from __future__ import annotations

from lxml import etree


def first_child(parent: etree._Element | None, tag: str) -> etree._Element | None:
    """The first child with the tag; None where there is none, or no parent."""
    return None if parent is None else next(parent.iterchildren(tag), None)
