"""How many applications were answered: `handled`."""

from __future__ import annotations

import re

from duban.reading.narrative.carried import is_about_requests
from duban.reading.narrative.mention import Sentence
from duban.reading.narrative.numeral import CASE
from duban.reading.narrative.outcomes import is_whole
from duban.reading.narrative.scope import markers
from duban.reading.narrative.words import BRACKET, EXPLICIT_OBJECT, HELPING, TAIL, any_of

_ONE_WAY = any_of("逾期 超期 延期 延长 当面 当场 现场 电话 口头")
_VERB = any_of("办结 答复 办理完毕 办理完成 办复")
_HANDLED = (
    rf"(?P<part>{_ONE_WAY})?{_VERB}(?:{EXPLICIT_OBJECT}|了|的|共|申请|完毕|相关|并|反馈|回复){{0,4}}"
    rf"{TAIL}{BRACKET}{CASE}"
)
_CARRIED = re.compile(r"结转|转结|转下|转入|顺延")
_NOTE = re.compile(r"（[^）]*）?")
_DENIED = re.compile(r"(?:未|没有|不|无|待)$")
_WITHDRAWN = re.compile(
    r"(?:撤回|撤销|撤件|终止)[^，。；：（）\d]{0,8}\d{1,6}(?:件|份|宗)|\d{1,6}(?:件|份|宗)[^，。；：（）\d]{0,8}(?:撤回|撤销|撤件|终止)"
)
_WITHIN = re.compile(r"按期|按时|及时|期限内|时限内")
_MAIN = re.compile(r"^(?:[^，]{0,6})?(?:已|均已|共|全年|全部|现已|截至)")


def find_handled(sentence: Sentence) -> None:
    """Record the number answered; part counts, other objects and carried cases are left out."""
    for found in sentence.free_matches(_HANDLED):
        if _is_total(sentence, found) and is_whole(sentence, found):
            (scope, qualifiers), quoted_to = markers(sentence, found.start(), found.end())
            within = _WITHIN.search(sentence.lead(found.start()))
            withdrawn = _WITHDRAWN.search(_NOTE.sub("", sentence.text))
            sentence.add(
                "handled",
                found,
                scope=scope,
                qualifiers=(
                    *qualifiers,
                    *(("within_deadline",) if within else ()),
                    *(("withdrawn_besides",) if withdrawn else ()),
                ),
                quoted_to=quoted_to,
            )


def _is_total(sentence: Sentence, found: re.Match[str]) -> bool:
    start = found.start()
    lead = sentence.lead(start)
    clause = sentence.text[sentence.clause_start(start) : sentence.clause_end(found.end())]
    if (
        found["part"]
        or HELPING.search(lead)
        or _DENIED.search(lead)
        or _CARRIED.search(_NOTE.sub("", clause))
    ):
        return False
    if sentence.in_breakdown(start) and ("其中" in lead or not _MAIN.match(lead)):
        return False
    return bool(re.search(EXPLICIT_OBJECT, found.group()) or is_about_requests(sentence, start))
