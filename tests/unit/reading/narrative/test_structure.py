"""Order, grouping, quotes and places of facts; bounded time."""

from __future__ import annotations

import time

import pytest

from duban.domain.place import Place
from duban.domain.report import Fact, Passage
from duban.reading.narrative import find_facts, find_fees


def facts_of(*texts: str, part: int = 1) -> dict[str, Fact]:
    passages = [
        Passage(text=text, at=Place(line=10 * number), part=part)
        for number, text in enumerate(texts, start=1)
    ]
    return {fact.name: fact for fact in find_facts(passages, year=2023)}


def test_the_results_of_one_dispute_share_its_clause() -> None:
    facts = facts_of(
        "因政府信息公开引发行政复议5件，其中维持3件，纠正2件；引发行政诉讼4件，其中维持1件，未审结3件。"
    )

    recon = {facts[name].clause for name in ("recon_total", "recon_upheld", "recon_corrected")}
    lit = {facts[name].clause for name in ("lit_total", "lit_upheld", "lit_pending")}
    assert len(recon) == len(lit) == 1
    assert recon != lit
    assert len({fact.sentence for fact in facts.values()}) == 1


def test_sentences_and_paragraphs_are_told_apart_through_the_document() -> None:
    facts = facts_of(
        "收到政府信息公开申请9件。答复政府信息公开申请8件。", "因政府信息公开引发行政复议2件。"
    )

    received, handled, recon = facts["received"], facts["handled"], facts["recon_total"]
    assert received.paragraph == handled.paragraph < recon.paragraph
    assert received.sentence < handled.sentence < recon.sentence


def test_a_balance_in_one_sentence_has_one_sentence_number() -> None:
    facts = facts_of(
        "上年结转政府信息公开申请1件，新收政府信息公开申请9件，办结8件，结转下年度2件。"
    )

    assert set(facts) == {"carried_over", "new_strict", "handled", "carried_forward"}
    assert len({fact.sentence for fact in facts.values()}) == 1


def test_a_quote_is_verbatim_with_its_blanks() -> None:
    facts = facts_of("2023年，共收到　依申请公开 \xa024 件，按时答复。")

    assert facts["received"].quote == "共收到　依申请公开 \xa024 件"


def test_the_place_counts_on_over_line_breaks() -> None:
    facts = facts_of("做好依申请公开，\n完善制度。\n全年收到政府信息\n公开申请7件。")

    assert facts["received"].at == Place(line=12)
    assert facts["received"].quote == "全年收到政府信息\n公开申请7件"


def test_a_place_without_lines_is_kept() -> None:
    at = Place(page=3, box=(1.0, 2.0, 3.0, 4.0))
    passage = Passage(text="全年收到政府信息\n公开申请7件。", at=at)

    (fact,) = find_facts([passage], year=2023)

    assert fact.at == at


def test_without_a_year_a_year_of_carry_over_is_not_trusted() -> None:
    text = "2022年结转政府信息公开申请3件，收到政府信息公开申请9件。"

    facts = find_facts([Passage(text=text, at=Place(line=1))], year=None)

    assert [fact.name for fact in facts] == ["received"]


def test_traditional_and_full_width_characters_are_read() -> None:
    facts = facts_of("全年收到政府信息公開申請２４件，引發行政復議３件。")

    assert facts["received"].value == 24
    assert facts["recon_total"].quote == "引發行政復議３件"


def test_a_sub_heading_ends_where_the_next_begins() -> None:
    facts = facts_of(
        "（二）依申请公开情况", "渠道畅通。", "（三）平台建设情况", "全年共受理申请8件，逐件办理。"
    )

    assert facts == {}


def test_a_sentence_beside_the_table_of_part_four_is_read() -> None:
    facts = facts_of("发生行政复议2件。", part=4)

    assert facts["recon_total"].part == 4


@pytest.mark.parametrize("text", ["", "\n\n", "\x00\x01,", "《《《", "（" * 50, "，" * 50])
def test_rubbish_holds_nothing(text: str) -> None:
    passages = [Passage(text=text, at=Place(line=1))]

    assert find_facts(passages, year=2023) == ()
    assert not find_fees(passages).stated


@pytest.mark.parametrize(
    "unit",
    [
        "收到政府信息公开申请",
        "公开" + "1" * 3900 + "。",
        "行政复议、行政诉讼" * 400 + "1件。",
        "1件" + "申请依法将已均需" * 400 + "结转下年。",
        "予以公开、部分公开、" * 380 + "1件。",
        "未收取" * 1300 + "。",
        "收到，" * 1300 + "。",
    ],
    ids=lambda unit: unit[:12],
)
def test_five_megabytes_of_one_paragraph_take_bounded_time(unit: str) -> None:
    size = len(unit.encode())
    passages = [Passage(text=unit * (5_000_000 // size), at=Place(line=1), part=6)]

    began = time.process_time()
    find_facts(passages, year=2023)
    find_fees(passages)

    assert time.process_time() - began < 60  # about 10 s at worst on a busy desk


def test_a_paragraph_full_of_facts_takes_time_in_proportion() -> None:
    text = "收到政府信息公开申请12件，予以公开3件，部分公开2件。"

    def took(times: int) -> float:
        passage = Passage(text=text * times, at=Place(line=1))
        began = time.process_time()
        assert len(find_facts([passage], year=2023)) == 3 * times
        return time.process_time() - began

    took(100)
    assert took(2000) < 4 * 5 * took(500)
