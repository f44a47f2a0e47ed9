"""What holds for every text, sensible or not."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from duban.domain.place import Place
from duban.domain.report import Passage
from duban.reading.narrative import find_facts, find_fees
from duban.reading.narrative.numeral import chinese
from duban.reading.narrative.vocabulary import NAMES, QUALIFIERS

WORDS = """
全年 2023年 2022年 上年 去年 其中 其余 均 共 未 没有 无 含 等 收到 受理 新收 办结 答复 结转 下年度
引发 发生 公开 制发 收取 政府信息公开申请 依申请公开 申请 行政复议 行政诉讼 规范性文件 行政处罚
信息 予以公开 部分公开 不予公开 无法提供 不予处理 其他处理 维持 纠正 其他结果 尚未审结
区政府办公室 全区 垂管部门 信息处理费 收费通知 均为0 自然人 复议后起诉
1 12 0 1,206 三 3.5 余 万 件 条 元 % “ ” 《 》 ， 。 ； ： 、 （ ） , ;
"""
texts = st.lists(st.sampled_from((*WORDS.split(), "\n", "\u3000")), max_size=40).map(
    "".join
) | st.text(max_size=60)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.lists(texts, min_size=1, max_size=4))
def test_facts_are_quoted_from_their_passage_and_speak_the_vocabulary(lines: list[str]) -> None:
    passages = [
        Passage(text=line, at=Place(line=100 * number), part=1)
        for number, line in enumerate(lines, start=1)
    ]

    facts = find_facts(passages, year=2023)

    for fact in facts:
        assert fact.quote in passages[fact.paragraph - 1].text
        assert fact.at.line
        assert fact.at.line // 100 == fact.paragraph
        assert fact.name in NAMES or fact.name.startswith(("applications.", "disputes."))
        assert set(fact.qualifiers) <= QUALIFIERS
        assert fact.value >= 0
        assert fact.clause > 0
    order = [(fact.paragraph, fact.sentence) for fact in facts]
    assert order == sorted(order)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(texts)
def test_fees_are_quoted_from_the_text_and_never_without_a_statement(line: str) -> None:
    fees = find_fees([Passage(text=line, at=Place(line=1), part=6)])

    if fees.stated:
        assert fees.quote
        assert fees.quote in line
    else:
        figures = (fees.notice_count, fees.notice_amount_yuan, fees.collected_amount_yuan)
        assert figures == (None, None, None)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(alphabet="〇零一二两三四五六七八九十百千", min_size=1, max_size=9))
def test_a_chinese_number_is_read_or_refused(printed: str) -> None:
    number = chinese(printed)

    assert number is None or number >= 0
