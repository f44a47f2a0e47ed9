"""The searchable words of a text, cut by ourselves so that both indexes find the same.

`words` are those of the embedded full text: overlapping pairs, and each run's last character
alone. `characters` are the same runs one by one, with a mark where two runs of Chinese meet; only
a piece of a query that ends in a single character needs them.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import NamedTuple

from duban.adapters.embedded import bigram

_BREAK = "|"  # no word is made of it
_PAIR = 2


class Phrase(NamedTuple):
    """A piece of a query: the field it is looked for in, and its words."""

    field: str
    text: str


def words(text: str) -> str:
    """The words of a text, between blanks."""
    return bigram.words(text)


def characters(found: str) -> str:
    """Words (as `words` gives them) as single characters."""
    return " ".join(_characters(found.split()))


def phrase(piece: str) -> Phrase | None:
    """One piece of a query; None where nothing in it can be searched."""
    found = bigram.words(bigram.clean(piece)).split()
    if not found:
        return None
    last = found[-1]
    if last.isascii():
        return Phrase("words", " ".join(found))
    if len(found) > 1 and _is_pair(found[-2]):
        return Phrase("words", " ".join(found[:-1]))
    return Phrase("characters", " ".join(_characters(found)))


def _characters(found: list[str]) -> list[str]:
    made: list[str] = []
    for word, after in zip_longest(found, found[1:], fillvalue=""):
        if word.isascii():
            made.append(word)
            continue
        made.append(word[0])
        if not _is_pair(word) and after and not after.isascii():
            made.append(_BREAK)
    return made


def _is_pair(word: str) -> bool:
    return len(word) == _PAIR and not word.isascii()
