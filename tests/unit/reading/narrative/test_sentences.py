from __future__ import annotations

from typing import Any

import pytest

from duban.domain.place import Place
from duban.domain.report import Passage
from duban.reading.narrative import find_facts, find_fees
from duban.reading.narrative.vocabulary import NAMES, QUALIFIERS

from .conftest import cases, passages, told

FILES = ("received", "carried", "outcomes", "disputes", "disclosure")


@pytest.mark.parametrize(
    "case", [case for name in FILES for case in cases(name)], ids=lambda case: case["say"][:40]
)
def test_a_sentence_holds_exactly_these_facts(case: dict[str, Any]) -> None:
    facts = find_facts(passages(case), year=case.get("year", 2023))

    assert sorted(told(fact) for fact in facts) == sorted(case["finds"])


@pytest.mark.parametrize("case", cases("fees"), ids=lambda case: case["say"][:40])
def test_a_sentence_says_this_of_fees(case: dict[str, Any]) -> None:
    fees = find_fees(passages({"part": 6, **case}))

    assert fees.stated is ("said" in case)
    assert [
        fees.notice_count,
        fees.notice_amount_yuan,
        fees.collected_amount_yuan,
    ] == case.get("said", [None, None, None])
    assert fees.quote == (case["say"] if fees.stated else None)


def test_every_name_and_qualifier_is_of_the_vocabulary() -> None:
    for name in FILES:
        for case in cases(name):
            for fact in find_facts(passages(case), year=2023):
                assert fact.name in NAMES or "." in fact.name
                assert set(fact.qualifiers) <= QUALIFIERS


def test_a_bare_denial_answers_the_sentence_that_names_the_fee() -> None:
    texts = ("（一）依据《政府信息公开信息处理费管理办法》收取信息处理费情况", "2023年，我局无。")

    fees = find_fees(
        [Passage(text=text, at=Place(line=9 + n), part=6) for n, text in enumerate(texts)]
    )

    assert fees.collected_amount_yuan == 0
    assert fees.quote == texts[1]
    assert fees.at == Place(line=10)


def test_a_bare_denial_after_other_matters_says_nothing_of_fees() -> None:
    texts = ("其他需要报告的事项。", "2023年，我局无。")

    fees = find_fees([Passage(text=text, at=Place(line=1), part=6) for text in texts])

    assert not fees.stated


def test_the_statement_in_part_six_gives_quote_and_figures_and_both_parts_are_told() -> None:
    passages = [
        Passage(text="未收取信息处理费。", at=Place(line=11), part=1),
        Passage(text="发出收费通知1件，总金额40元，实际收取40元。", at=Place(line=91), part=6),
    ]

    fees = find_fees(passages)

    assert (fees.notice_count, fees.collected_amount_yuan) == (1, 40)
    assert (fees.parts, fees.at) == ((1, 6), Place(line=91))


def test_a_statement_in_two_sentences_is_put_together() -> None:
    text = "2023年，共发出收费通知2件，总金额300元。实际收取信息处理费100元。"

    fees = find_fees([Passage(text=text, at=Place(line=1), part=6)])

    assert (fees.notice_count, fees.notice_amount_yuan, fees.collected_amount_yuan) == (
        2,
        300,
        100,
    )
