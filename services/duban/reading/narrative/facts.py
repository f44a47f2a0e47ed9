"""The numbers of the prose as facts, in the order they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from duban.domain.report import Fact, Passage
from duban.reading.narrative.answered import find_handled
from duban.reading.narrative.carried import (
    find_carried,
    find_none_carried_forward,
    find_none_carried_over,
    find_open,
)
from duban.reading.narrative.disclosure import find_disclosure
from duban.reading.narrative.disputes import find_disputes
from duban.reading.narrative.inheritance import inherit_scope
from duban.reading.narrative.mention import Mention, Sentence, Topic
from duban.reading.narrative.outcomes import find_outcomes, mark_open_lists
from duban.reading.narrative.prose import Alphabet, Prose
from duban.reading.narrative.received import find_received
from duban.reading.narrative.rows import find_columns, find_rows

_MAY_HOLD = re.compile(r"申请|公开|复议|诉讼|起诉|规范性文件|规章|行政许可|行政处罚|行政强制|发布")
_MAY_MEAN = re.compile(
    r"申请|公开|复议|诉讼|起诉|规范性文件|规章|行政许可|行政处罚|行政强制|信息|结转|办结|答复|处理|提供|维持"
)
_COUNTS = re.compile(r"\d|[〇零二两三四五六七八九十百千]一?(?:件|份|宗|起|例|余|多)|未|没有|无")
_TITLED = re.compile(r"^\D*(?:情况|方面|工作|公开|申请)。$")
_LEAD = re.compile(r"[^。：；，]{0,30}[。：]")
_ORDINAL = re.compile(
    r"（[一二三四五六七八九十\d]+）|[一二三四五六七八九十\d]+[、.]|[一二三四五六七八九]是"
)
_REQUESTS = re.compile(r"依申请|信息公开申请|申请公开")
_DISPUTES = re.compile(r"复议|诉讼")
_BEFORE = 400
_NEAR = 30
# Most specific first: a character belongs to one number only. Each finder runs where one of the
# words stands that its patterns cannot do without.
_FINDERS = (
    (find_outcomes, re.compile(r"予以公开|部分公开|不予|同意公开|无法提供|处理")),
    (find_rows, re.compile(r"件")),
    (find_carried, re.compile(r"转|顺延|延续|跨年")),
    (find_none_carried_over, re.compile(r"[无没].{0,12}(?:转|顺延)")),
    (find_received, re.compile(r"申请|新收|新受理")),
    (find_columns, re.compile(r"自然人|企业|机构|组织")),
    (find_handled, re.compile(r"办结|答复|办理完|办复")),
    (find_none_carried_forward, re.compile(r"[无没未].{0,8}(?:转|顺延)")),
    (find_open, re.compile(r"未办|在办|在办理")),
    (find_disputes, re.compile(r"复议|诉")),
    (
        find_disclosure,
        re.compile(
            r"(?:规范性文件|规章|行政(?:许可|处罚|强制)|信息|有效|废止)[^。；]{0,40}\d"
            r"|\d[^。；]{0,9}(?:信息|规范性文件)"
        ),
    ),
)


def find_facts(passages: Sequence[Passage], *, year: int | None) -> tuple[Fact, ...]:
    """Every number of the prose whose meaning is certain (domain reference 3.0.1 and 3.12.3)."""
    facts: list[Fact] = []
    alphabet = Alphabet(passage.text for passage in passages)
    heading, part, sentences = "", None, 0
    for ordinal, passage in enumerate(passages, start=1):
        if passage.part != part:
            heading, part = "", passage.part
        prose = Prose(passage, alphabet)
        text = prose.text
        heading = _sub_heading(passage, text) or heading
        topic = _topic(passage, heading, text)
        about = topic.requests or topic.disputes or _MAY_HOLD.search(text)
        if not (about and _COUNTS.search(text)):
            continue
        for start, end in prose.sentences():
            sentences += 1
            found = _read(prose, start, end, topic, year)
            facts.extend(_facts(prose, start, found, ordinal, sentences))
    return _number_clauses(facts)


def _sub_heading(passage: Passage, text: str) -> str | None:
    """The sub-heading a passage is or begins with (`（二）依申请公开情况。2024年…`)."""
    if passage.heading or (len(text) <= 30 and not re.search(r"[。；，]|\d{2}", text)):
        return text
    lead = _LEAD.match(text)
    return lead.group() if lead and _ORDINAL.match(text) else None


def _topic(passage: Passage, heading: str, text: str) -> Topic:
    lead = _LEAD.match(text)
    titled = lead is not None and (lead.group()[-1] == "：" or _TITLED.search(lead.group()))
    subject = heading + (lead.group() if lead and titled else "")
    return Topic(
        requests=bool(_REQUESTS.search(subject)),
        disputes=passage.part == 4 or bool(_DISPUTES.search(subject)),
        part=passage.part,
    )


def _read(prose: Prose, start: int, end: int, topic: Topic, year: int | None) -> list[Mention]:
    text = prose.text[start:end]
    if not (_COUNTS.search(text) and _MAY_MEAN.search(text)):
        return []
    sentence = Sentence(text, prose.text[max(0, start - _BEFORE) : start], topic, year)
    for find, words in _FINDERS:
        if words.search(text):
            find(sentence)
    mark_open_lists(sentence)
    inherit_scope(sentence)
    return sorted(_consistent(sentence.mentions), key=lambda mention: (mention.end, mention.start))


def _consistent(mentions: Sequence[Mention]) -> list[Mention]:
    """Leave out what one sentence states twice with different values: a list of bodies."""
    values: dict[tuple[str, bool], set[float]] = {}
    for mention in mentions:
        values.setdefault(_kind(mention), set()).add(mention.value)
    return [mention for mention in mentions if len(values[_kind(mention)]) == 1]


def _kind(mention: Mention) -> tuple[str, bool]:
    return mention.name, "published_records" in mention.qualifiers


def _facts(
    prose: Prose, offset: int, mentions: Iterable[Mention], paragraph: int, sentence: int
) -> Iterable[Fact]:
    for mention in mentions:
        start, end = offset + mention.start, offset + mention.end
        begin = _quote_start(prose.text, offset, start)
        yield Fact(
            name=mention.name,
            value=mention.value,
            quote=prose.quote(begin, end),
            at=prose.place(start),
            approximate=mention.approximate,
            scope=mention.scope,
            qualifiers=mention.qualifiers,
            part=prose.passage.part,
            paragraph=paragraph,
            sentence=sentence,
            clause=offset + mention.clause,
        )


def _quote_start(text: str, floor: int, start: int) -> int:
    """The start of the clause if it is near, so that quotes of one list join to its text."""
    begin = max(floor, *(text.rfind(mark, floor, start) + 1 for mark in "，；：。、（"))
    return begin if start - begin <= _NEAR else start


def _number_clauses(facts: list[Fact]) -> tuple[Fact, ...]:
    numbers: dict[tuple[int, int], int] = {}
    for fact in facts:
        numbers.setdefault((fact.sentence, fact.clause), len(numbers) + 1)
    return tuple(_with_clause(fact, numbers[fact.sentence, fact.clause]) for fact in facts)


def _with_clause(fact: Fact, clause: int) -> Fact:
    return msgspec.structs.replace(fact, clause=clause)
