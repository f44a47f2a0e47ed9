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


class Cut(NamedTuple):
    """A text as it is searched: its words between blanks, and the same runs as characters."""

    words: str
    characters: str


def cut(text: str) -> Cut:
    """What is searched of a text."""
    runs = bigram.runs(text)
    return Cut(" ".join(bigram.cut(runs)), _one_by_one(runs))


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
    return Phrase("characters", cut(bigram.clean(piece)).characters)


def _one_by_one(runs: list[str]) -> str:
    made: list[str] = []
    for run, after in zip_longest(runs, runs[1:], fillvalue=""):
        made.append(run if run.isascii() else " ".join(run))
        if not (run.isascii() or after.isascii()):  # the last one is followed by an empty one
            made.append(_BREAK)
    return " ".join(made)


def _is_pair(word: str) -> bool:
    return len(word) == _PAIR and not word.isascii()
