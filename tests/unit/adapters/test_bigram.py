"""Full text over pairs of characters finds exactly what stands there."""

from __future__ import annotations

import re
import sqlite3
import sys

from hypothesis import given, settings
from hypothesis import strategies as st

from duban.adapters.embedded import bigram

_TEXTS = st.text("政府信息公开，。 ab1ＡAIiİK\n", max_size=30)


def _matches(texts: list[str], phrase: str) -> set[int]:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5 (text, content='', tokenize='ascii')")
    for n, text in enumerate(texts):
        connection.execute("INSERT INTO t (rowid, text) VALUES (?, ?)", (n, bigram.words(text)))
    rows = connection.execute("SELECT rowid FROM t WHERE t MATCH ?", (phrase,)).fetchall()
    connection.close()
    return {row[0] for row in rows}


@settings(max_examples=300, deadline=None)
@given(texts=st.lists(_TEXTS.map(bigram.clean), max_size=6), piece=_TEXTS)
def test_the_index_finds_what_the_finder_finds(texts: list[str], piece: str) -> None:
    phrase, finder = bigram.phrase(piece), bigram.finder(piece)
    assert (phrase is None) == (finder is None)
    if phrase is None or finder is None:
        return

    found = {n for n, text in enumerate(texts) if finder.search(bigram.fold(text))}

    assert _matches(texts, phrase) == found


@given(text=st.text("政府信息公开", min_size=1, max_size=12), data=st.data())
def test_every_part_of_a_chinese_run_is_found(text: str, data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(begin + 1, len(text)))

    phrase = bigram.phrase(text[begin:end])

    assert phrase is not None
    assert _matches([text], phrase) == {0}


@given(st.text())
def test_folding_keeps_every_place(text: str) -> None:
    assert len(bigram.fold(text)) == len(text)


def test_folding_keeps_the_place_of_every_character_there_is() -> None:
    text = "".join(map(chr, range(sys.maxunicode + 1)))

    folded = bigram.fold(text)

    assert len(folded) == len(text)
    assert [one for one in folded if one != one.lower()] == []


def test_a_capital_with_a_dot_is_an_i_and_hides_nothing_beside_it() -> None:
    assert bigram.fold("İSTANBUL的GDP") == "istanbul的gdp"
    assert bigram.words("İSTANBUL的GDP") == "istanbul 的 gdp"


@given(st.text("政府a1 \n\u3000，", max_size=30))
def test_blanks_beside_chinese_are_dropped_and_all_others_kept(text: str) -> None:
    kept = "".join(
        run
        for n, run in enumerate(re.split(r"(\s+)", text))
        if not (n % 2 and is_beside_chinese(text, run, "".join(re.split(r"(\s+)", text)[:n])))
    )

    assert bigram.clean(text) == kept


def is_beside_chinese(text: str, run: str, before: str) -> bool:
    after = text[len(before) + len(run) :]
    return before[-1:] in set("政府") or after[:1] in set("政府")
