"""Applications carried over from last year and into the next."""

from __future__ import annotations

import re

from duban.reading.narrative.mention import Sentence
from duban.reading.narrative.numeral import CASE
from duban.reading.narrative.vocabulary import OUTCOMES
from duban.reading.narrative.words import (
    BRACKET,
    EXPLICIT_OBJECT,
    IS_OTHER,
    IS_REQUEST,
    REMAINDER,
    TAIL,
)

_CARRY = r"(?:结转|转结|转入|转至|转到|转来|顺延|延续|跨年|转)"
_LAST = r"(?:上一?年度?|去年度?|前一年度?|年初|(?P<from>20\d\d)年度?)"
_NEXT = r"(?:下一?个?年度?|次年度?|明年|来年|第二年|(?P<to>20\d\d)年度?)"
_THIS = r"(?:本年度?|今年|当年|本年|(?P<into>20\d\d)年度?)"
_WORK = r"(?:继续)?(?:办理|答复|处理|办结)?(?:中)?"
_OBJECT = rf"(?:的)?(?:{EXPLICIT_OBJECT}|申请(?:事项|件)?|件)?"

_OVER = (
    rf"{_LAST}(?:底|末)?(?:未办结|未办完|未答复|尚未办结)?(?:的)?{_CARRY}(?:至|到|入|来)?(?:{_THIS})?"
    rf"{_WORK}{_OBJECT}{TAIL}{BRACKET}{CASE}"
)
_FORWARD = rf"{_CARRY}(?:至|到|入|于)?{_NEXT}{_WORK}{_OBJECT}{TAIL}{BRACKET}{CASE}"
_FILLER = (
    r"(?:申请|依申请公开|政府信息公开|正在|尚在|仍在|办理|在办|尚未|未|办结|答复|到期|期限|因(?:[^，。；：（）\d]{1,10})|按照?□+"
    r"|按照?规定|依法|将|已|均|需|继续|于|拟|的|事项|中|期限内|法定|未到)"
)
_OVER_AFTER = (
    rf"{CASE}(?:申请|依申请公开申请)?(?:均?为|系|是|由|属于?)?"
    rf"{_LAST}{_CARRY}(?:而来|件|的|至{_THIS})?"
)
_FORWARD_AFTER = rf"{CASE}(?P<filler>{_FILLER}{{0,6}}){_CARRY}(?:至|到|入|于)?{_NEXT}{_WORK}"
_OPEN = (
    rf"(?:尚未办结|未办结|未办完|(?:尚|仍|正)在办理中?|在办)的?(?:申请)?{TAIL}{CASE}",
    rf"{CASE}(?:申请)?(?:(?:正|尚|仍)在办理中?|尚?未办结|尚?未办完)",
)
_NONE_OVER = (
    rf"(?:无|没有)(?:从)?{_LAST}{_CARRY}(?:至{_THIS}|来)?{_WORK}"
    r"(?:的)?(?:申请|事项|案件|件|情况)?(?=[，。；）]|$)"
)
_NONE_FORWARD = (
    rf"(?:无|没有|未)(?:申请|事项|件|案件|需)?{_CARRY}(?:至|到|入)?(?:{_NEXT}{_WORK})?"
    r"(?:的)?(?:申请|事项|案件|件|情况)?(?=[，。；）]|$)"
)
_CLOSING = frozenset(("handled", *OUTCOMES))


def find_carried(sentence: Sentence) -> None:
    """Record carried_over and carried_forward; only the years beside the report year count."""
    for pattern, name in ((_OVER, "carried_over"), (_FORWARD, "carried_forward")):
        for found in sentence.free_matches(pattern):
            _record(sentence, found, name)
    for found in sentence.free_matches(_OVER_AFTER):
        _record(sentence, found, "carried_over")
    for found in sentence.free_matches(_FORWARD_AFTER):
        if not re.search(r"(?<!未)办结|(?<!未)答复(?!期)|无", found["filler"]):
            _record(sentence, found, "carried_forward")


def find_open(sentence: Sentence) -> None:
    """Record what is still open at the end of the year, unless carried_forward is stated."""
    if any(mention.name == "carried_forward" for mention in sentence.mentions):
        return
    for pattern in _OPEN:
        for found in sentence.free_matches(pattern):
            if sentence.mentions and is_about_requests(sentence, found.start()):
                _add(sentence, found, "carried_forward", ["still_open"])


def find_none_carried_over(sentence: Sentence) -> None:
    """Record 无上年结转 and its like, a zero."""
    for found in sentence.free_matches(_NONE_OVER):
        _add_none(sentence, found, "carried_over")


def find_none_carried_forward(sentence: Sentence) -> None:
    """Record 无结转下年 and, after the number answered, a bare 无结转: a zero."""
    closed = any(mention.name in _CLOSING for mention in sentence.mentions)
    for found in sentence.free_matches(_NONE_FORWARD):
        if closed or re.search(_NEXT, found.group()):
            _add_none(sentence, found, "carried_forward")


def _add_none(sentence: Sentence, found: re.Match[str], name: str) -> None:
    if _years_fit(found, sentence.year) and is_about_requests(sentence, found.start(), found.end()):
        sentence.add_value(name, 0, found.start(), found.end(), qualifiers=("denied",))


def _record(sentence: Sentence, found: re.Match[str], name: str) -> None:
    if not _years_fit(found, sentence.year) or not is_about_requests(
        sentence, found.start(), found.end()
    ):
        return
    _add(sentence, found, name, [])


def _add(sentence: Sentence, found: re.Match[str], name: str, qualifiers: list[str]) -> None:
    if REMAINDER.search(sentence.lead(found.start())):
        qualifiers.append("remainder")
    sentence.add(name, found, qualifiers=qualifiers)


def _years_fit(found: re.Match[str], year: int | None) -> bool:
    wanted = {"from": -1, "to": 1, "into": 0}
    for name, distance in wanted.items():
        printed = found.groupdict().get(name)
        if printed and (year is None or int(printed) != year + distance):
            return False
    return True


def is_about_requests(sentence: Sentence, start: int, end: int | None = None) -> bool:
    """Whether the nearest object named before `start` is applications, not disputes or letters."""
    if end is not None and IS_REQUEST.search(sentence.text, start, end):
        return not IS_OTHER.search(sentence.text, start, end)
    other = max((found.start() for found in IS_OTHER.finditer(sentence.visible(start))), default=-1)
    own = max((found.start() for found in IS_REQUEST.finditer(sentence.text, 0, start)), default=-1)
    if own >= 0 or other >= 0:
        return own > other
    if any(mention.name in _CLOSING for mention in sentence.mentions):
        return True
    return sentence.topic.requests or bool(IS_REQUEST.search(sentence.text))
