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
        ("政府信息", Phrase("words", "政府 府信 信息")),
        ("府", Phrase("characters", "府")),
        ("申请12件", Phrase("characters", "申 请 12 件")),
        ("件，其中", Phrase("words", "件 其中")),
        ("其中，件", Phrase("characters", "其 中 | 件")),
        ("GDP增长", Phrase("words", "gdp 增长")),
        ("增长GDP", Phrase("words", "增长 长 gdp")),
        ("，", None),
    ],
)
def test_a_piece_becomes_a_phrase(piece: str, expected: Phrase | None) -> None:
    assert phrase(piece) == expected


def found(text: str, piece: Phrase) -> bool:
    """Whether the words of a phrase stand next to one another, as the server decides it."""
    held = getattr(cut(text), piece.field).split()
    sought = piece.text.split()
    return any(held[n : n + len(sought)] == sought for n in range(len(held) - len(sought) + 1))


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
