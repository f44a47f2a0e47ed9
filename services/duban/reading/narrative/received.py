"""Applications received: `received`, `new_strict` and the zero statements."""

from __future__ import annotations

import re

from duban.reading.narrative.mention import Sentence
from duban.reading.narrative.numeral import CASE
from duban.reading.narrative.scope import markers
from duban.reading.narrative.words import (
    BARE_OBJECT,
    BRACKET,
    BUSINESS,
    EXPLICIT_OBJECT,
    GAP,
    HELPING,
    TAIL,
    one_channel,
)

_NEW = r"(?:本年度?|今年|当年|全年)?(?:新收到?|新增|新受理|新接收|新接到)"
_VERB = (
    r"(?:收到|接到|收办|受理|接收|接受|收件|(?<!其他)(?<!其它)(?<!不予)(?<!继续)(?:办理|处理)|登记)"
)
_COUNT = CASE.replace("(?P<unit>", "(?P<unit>条|")
_SAFE_AFTER = r"(?=[，。；：！？（）]|$|并|均|全部|已|都|和|按|其中)"

_PATTERNS = (
    # verb … object … number
    rf"(?:(?P<new>{_NEW})|(?P<verb>{_VERB}))(?P<gap>{GAP}{{0,30}}?)(?P<object>{EXPLICIT_OBJECT}){TAIL}{BRACKET}{_COUNT}",
    # object … verb … number
    rf"(?P<object>{EXPLICIT_OBJECT})(?P<gap>{TAIL})(?:(?P<new>新收到?|新受理)|(?P<verb>收到|接到|受理|接收|收办)){TAIL}{_COUNT}",
    # verb number object
    rf"(?:(?P<new>{_NEW})|(?P<verb>{_VERB}))了?共?{_COUNT}(?P<gap>{GAP}{{0,16}}?)(?P<object>{EXPLICIT_OBJECT}){_SAFE_AFTER}",
    # bare 申请
    rf"(?:(?P<new>{_NEW})|(?P<verb>{_VERB}))(?P<gap>(?:了|共|社会|办理|处理|并|答复|各类|的){{0,3}})(?P<bare>{BARE_OBJECT}){TAIL}{BRACKET}{_COUNT}",
    rf"(?:(?P<new>{_NEW})|(?P<verb>{_VERB}))了?共?{CASE}(?P<gap>的?)(?P<bare>{BARE_OBJECT}){_SAFE_AFTER}",
)
_NEW_PART = rf"(?P<new>新收到?|新受理|新接收)(?:的)?(?:申请)?{TAIL}{CASE}"
_DENIED = (
    rf"(?:未|没有|无|尚无|从未)(?:曾|有)?(?:收到|接到|受理|接收)过?(?P<gap>{GAP}{{0,30}}?)"
    rf"(?:(?P<object>{EXPLICIT_OBJECT})|(?P<bare>任何申请|申请))(?:的?情况|的?情形|数量)?(?=[，。；：！？（）]|$)"
)
_REFUSED_BEFORE = re.compile(r"(?:未曾?|没有|无|不|不予|拒绝|未予|未能|暂未|尚未)$")
_OTHER_OBJECT = re.compile(
    r"信访|来信|来电|咨询|留言|投诉|举报|建议|提案|热线|复议|诉讼|信件|工单|许可|登记|救助|补贴|援助|查询"
)
_NO_SUBJECT = re.compile(r"(?:其中|含|包括|本年度?|当年|今年|全年|20\d\d年度?|[，：（、])*")
_FROM_OTHERS = re.compile(r"[省市区县](?:人民)?政府$|转来|转送|交办|移交")
_SOME_BODIES = re.compile(
    r"(?:\d|[一二三四五六七八九十])个?(?:乡镇|镇|乡|街道|部门|单位|局|村|社区)"
)
_PERSONS = re.compile(r"自然人|公民|个人|群众")
_BODIES = re.compile(r"法人|企业|组织|科研机构|法律服务机构")
_UNCLEAR = re.compile(r"不予|无法|逾期|违规|重复|涉及|要求|因")


def find_received(sentence: Sentence) -> None:
    """Record every number of applications received that is certainly one."""
    for pattern in _PATTERNS:
        for found in sentence.free_matches(pattern):
            _record(sentence, found)
    if any(mention.name == "received" for mention in sentence.mentions):
        for found in sentence.free_matches(_NEW_PART):
            if sentence.is_reported_year(found.start("n")) and not _one_channel(sentence, found):
                _add_new(sentence, found)
    for found in sentence.free_matches(_DENIED):
        _record_denial(sentence, found)


def _record(sentence: Sentence, found: re.Match[str]) -> None:
    parts = found.groupdict()
    lead, gap = sentence.lead(found.start()), parts["gap"] or ""
    if _REFUSED_BEFORE.search(lead) or HELPING.search(lead) or "转" in lead + gap:
        return
    if _OTHER_OBJECT.search(gap) or _FROM_OTHERS.search(gap) or _of_one_class(lead + gap):
        return
    if parts.get("bare") and not _is_about_requests(sentence, found.start()):
        return
    if not sentence.is_reported_year(found.start("n")) or _one_channel(sentence, found):
        return
    if parts["new"]:
        _add_new(sentence, found)
    elif not sentence.in_breakdown(found.start()):
        _add(sentence, "received", found)


def _of_one_class(text: str) -> bool:
    """Whether the words name applicants of the table's columns, but not all of them."""
    bodies = _BODIES.search(text) is not None
    return bodies != ("自然人" in text) and not (bodies and _PERSONS.search(text))


def _add_new(sentence: Sentence, found: re.Match[str]) -> None:
    """Record new applications; after 其中 only where no other subject is named (一局新收…)."""
    lead = sentence.lead(found.start())
    if not sentence.in_breakdown(found.start()) or _NO_SUBJECT.fullmatch(lead):
        _add(sentence, "new_strict", found)


def _add(sentence: Sentence, name: str, found: re.Match[str]) -> None:
    (scope, qualifiers), quoted_to = markers(sentence, found.start(), found.end())
    sentence.add(name, found, scope=scope, qualifiers=qualifiers, quoted_to=quoted_to)


def _is_about_requests(sentence: Sentence, at: int) -> bool:
    if BUSINESS.search(sentence.text, 0, at):
        return False
    if sentence.topic.requests:
        return True
    before = sentence.before + sentence.text[:at]
    return re.search(EXPLICIT_OBJECT, before) is not None and not BUSINESS.search(before)


def _one_channel(sentence: Sentence, found: re.Match[str]) -> bool:
    return one_channel(sentence.lead(found.start()) + (found.groupdict().get("gap") or ""))


def _record_denial(sentence: Sentence, found: re.Match[str]) -> None:
    gap = found["gap"]
    if _OTHER_OBJECT.search(gap) or _UNCLEAR.search(gap) or one_channel(gap):
        return
    lead = sentence.lead(found.start())
    if one_channel(lead) or _SOME_BODIES.search(lead) or _of_one_class(gap):
        return
    if found["bare"] and not _is_about_requests(sentence, found.start()):
        return
    if sentence.is_reported_year(found.end()):
        sentence.add_value("received", 0, found.start(), found.end(), qualifiers=("denied",))
