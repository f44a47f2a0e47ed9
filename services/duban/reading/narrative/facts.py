"""The numbers of the prose as facts, in the order they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

import msgspec

from duban.domain.report import Fact, Passage
from duban.domain.text import normal
from duban.reading.narrative.carried import find_carried, find_none_carried, find_open
from duban.reading.narrative.disclosure import find_disclosure
from duban.reading.narrative.disputes import find_disputes
from duban.reading.narrative.mention import Mention, Sentence, Topic
from duban.reading.narrative.outcomes import find_handled, find_outcomes
from duban.reading.narrative.prose import Alphabet, Prose
from duban.reading.narrative.received import find_received
from duban.reading.narrative.vocabulary import OUTCOMES

_MAY_HOLD = re.compile(r"申请|公开|复议|诉讼|起诉|规范性文件|规章|行政许可|行政处罚|行政强制|发布")
_COUNTS = re.compile(r"[\d〇零二两三四五六七八九十百千未无没]")
_LEAD = re.compile(r"[^。：；]{0,30}?[。：]")
_ORDINAL = re.compile(
    r"\([一二三四五六七八九十\d]+\)|[一二三四五六七八九十\d]+[、.]|[一二三四五六七八九]是"
)
_REQUESTS = re.compile(r"依申请|信息公开申请|申请公开")
_DISPUTES = re.compile(r"复议|诉讼")
_BEFORE = 400
# Most specific first: a character belongs to one number only.
_FINDERS = (
    find_outcomes,
    find_carried,
    find_received,
    find_handled,
    find_none_carried,
    find_open,
    find_disputes,
    find_disclosure,
)


def find_facts(passages: Sequence[Passage], *, year: int | None) -> tuple[Fact, ...]:
    """Every number of the prose whose meaning is certain (domain reference 3.0.1 and 3.12.3)."""
    facts: list[Fact] = []
    alphabet = Alphabet()
    heading, part, sentences = "", None, 0
    for ordinal, passage in enumerate(passages, start=1):
        if passage.part != part:
            heading, part = "", passage.part
        text = normal(passage.text)
        heading = _sub_heading(passage, text) or heading
        if not (_MAY_HOLD.search(text) and _COUNTS.search(text)):
            continue
        prose = Prose(passage, alphabet)
        topic = _topic(passage, heading, text)
        for start, end in prose.sentences():
            sentences += 1
            found = _read(prose, start, end, topic, year)
            facts.extend(_facts(prose, start, found, ordinal, sentences))
    return _number_clauses(facts)


def _sub_heading(passage: Passage, text: str) -> str | None:
    """The sub-heading a passage is or begins with (`（二）依申请公开情况。2024年…`)."""
    if passage.heading or (len(text) <= 30 and not re.search(r"[。;,]|\d{2}", text)):
        return text
    lead = _LEAD.match(text)
    return lead.group() if lead and _ORDINAL.match(text) else None


def _topic(passage: Passage, heading: str, text: str) -> Topic:
    lead = _LEAD.match(text)
    subject = heading + (lead.group() if lead else "")
    return Topic(
        requests=bool(_REQUESTS.search(subject)),
        disputes=passage.part == 4 or bool(_DISPUTES.search(subject)),
        part=passage.part,
    )


def _read(prose: Prose, start: int, end: int, topic: Topic, year: int | None) -> list[Mention]:
    text = prose.text[start:end]
    if not (_MAY_HOLD.search(text) or re.search(r"结转|办结|答复|审理|处理|无法提供", text)):
        return []
    sentence = Sentence(text, prose.text[max(0, start - _BEFORE) : start], topic, year)
    for find in _FINDERS:
        find(sentence)
    return sorted(
        _consistent(_open_lists(sentence)), key=lambda mention: (mention.end, mention.start)
    )


def _open_lists(sentence: Sentence) -> list[Mention]:
    """Mark outcomes whose list ends with 等 or holds a number no outcome was given."""
    outcomes = [m for m in sentence.mentions if m.name in OUTCOMES]
    if not outcomes:
        return sentence.mentions
    first = min(m.start for m in outcomes)
    last = max(m.end for m in outcomes)
    end = sentence.segment_end(last)
    more: list[str] = []
    if re.match(r"等", sentence.text[last:end]) or re.search(
        r"等(?:情形|情况|处理)?$", sentence.text[last:end]
    ):
        more.append("list_open")
    plain = re.sub(r"（[^（）]*）", lambda m: "□" * len(m.group()), sentence.text)
    for found in re.finditer(r"\d{1,9}(?:件|份|宗)", plain[first:end]):
        if sentence.free(first + found.start(), first + found.end()):
            more.append("unassigned_part")
            break
    if not more:
        return sentence.mentions
    return [
        replace(m, qualifiers=(*m.qualifiers, *more)) if m in outcomes else m
        for m in sentence.mentions
    ]


def _consistent(mentions: Iterable[Mention]) -> list[Mention]:
    """Leave out what one sentence states twice with different values: a list of bodies."""
    mentions = list(mentions)
    values: dict[str, set[float]] = {}
    for mention in mentions:
        values.setdefault(mention.name, set()).add(mention.value)
    return [mention for mention in mentions if len(values[mention.name]) == 1]


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
    """The start of the clause, for a quote a clerk recognises, if it is near and holds no number."""
    begin = max(text.rfind(mark, floor, start) for mark in "，；：。、（") + 1
    begin = max(begin, floor)
    return begin if start - begin <= 30 else start


def _number_clauses(facts: list[Fact]) -> tuple[Fact, ...]:
    numbers: dict[tuple[int, int], int] = {}
    for fact in facts:
        numbers.setdefault((fact.sentence, fact.clause), len(numbers) + 1)
    return tuple(_with_clause(fact, numbers[fact.sentence, fact.clause]) for fact in facts)


def _with_clause(fact: Fact, clause: int) -> Fact:
    return msgspec.structs.replace(fact, clause=clause)
