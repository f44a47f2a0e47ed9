"""The searchable words of a text, cut by ourselves so that both indexes find the same.

They are those of the embedded full text: overlapping pairs, and each run's last character alone.
A piece of a query that ends in a single character is looked for where that begins a word.
"""

from __future__ import annotations

from typing import NamedTuple

from duban.adapters.embedded import bigram

_PAIR = 2


class Phrase(NamedTuple):
    """A piece of a query: its words; of the last one only the beginning where it `is_begun`."""

    words: tuple[str, ...]
    is_begun: bool = False


def cut(text: str) -> str:
    """What is searched of a text: its words between blanks."""
    return bigram.words(text)


def phrase(piece: str) -> Phrase | None:
    """One piece of a query; None where nothing in it can be searched."""
    found = tuple(cut(bigram.clean(piece)).split())
    if not found:
        return None
    if found[-1].isascii():
        return Phrase(found)
    if len(found) > 1 and _is_pair(found[-2]):
        return Phrase(found[:-1])
    return Phrase(found, is_begun=True)


def _is_pair(word: str) -> bool:
    return len(word) == _PAIR and not word.isascii()
