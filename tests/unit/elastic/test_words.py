"""The words that Elasticsearch is given, and the phrases it is asked for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duban.adapters.elastic.words import Phrase, cut, phrase
from duban.adapters.embedded import bigram

TEXT = st.text("政府信息公开12ab，。 Ａ", max_size=12)
PIECE = st.text("政府信息公开12ab，Ａ", min_size=1, max_size=5)


@pytest.mark.parametrize(
    ("piece", "expected"),
    [
        ("政府信息", Phrase(("政府", "府信", "信息"))),
        ("府", Phrase(("府",), is_begun=True)),
        ("申请12件", Phrase(("申请", "请", "12", "件"), is_begun=True)),
        ("件，其中", Phrase(("件", "其中"))),
        ("其中，件", Phrase(("其中", "中", "件"), is_begun=True)),
        ("GDP增长", Phrase(("gdp", "增长"))),
        ("增长GDP", Phrase(("增长", "长", "gdp"))),
        ("，", None),
    ],
)
def test_a_piece_becomes_a_phrase(piece: str, expected: Phrase | None) -> None:
    assert phrase(piece) == expected


def found(text: str, piece: Phrase) -> bool:
    """Whether the words of a phrase stand next to one another, as the server decides it."""
    held = cut(text).split()
    *whole, last = piece.words
    return any(
        held[n : n + len(whole)] == whole
        and (word.startswith(last) if piece.is_begun else word == last)
        for n, word in enumerate(held[len(whole) :])
    )


@settings(deadline=None)
@given(TEXT, PIECE)
def test_a_phrase_is_found_just_where_the_embedded_search_would_mark_it(
    text: str, piece: str
) -> None:
    text = bigram.clean(text)
    sought, finder = phrase(piece), bigram.finder(piece)

    assert (sought is None) == (finder is None)
    if sought is not None and finder is not None:
        assert found(text, sought) == (finder.search(bigram.fold(text)) is not None)
