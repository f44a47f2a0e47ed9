"""What became of applications: the outcomes of table 3."""

from __future__ import annotations

import re
from dataclasses import replace

from duban.reading.narrative.mention import Sentence
from duban.reading.narrative.numeral import CASE, NUMBER
from duban.reading.narrative.scope import markers
from duban.reading.narrative.vocabulary import OUTCOMES
from duban.reading.narrative.words import BRACKET, IS_REQUEST, REMAINDER, any_of, one_channel

_LABELS = {
    "partial": r"部分公开|部分予以公开|予以部分公开",
    "refused": r"不予公开|不予以公开|不同意公开",
    "granted": r"(?<![不未])(?:予以公开|同意公开)",
    "not_provided": r"无法提供",
    "not_processed": r"不予处理",
    "other_handling": r"其[他它]处理",
}
_ANY = "|".join(f"(?:{label})" for label in _LABELS.values())
_ANY_LABEL = re.compile(_ANY)
_NAMED = "|".join(f"(?P<{name}>{label})" for name, label in _LABELS.items())
_NAMED_LABEL = re.compile(_NAMED)
_AFTER = (
    any_of(
        "答复 告知 决定 处理 类 情形 情况 结果 申请 政府信息 信息"
        " 的 有 了 共计 合计 总计 共 件数 数量 数"
        " 为 是 ："
    )
    + "{0,5}"
)
_AND = any_of("和 及 或 与 、 以及 并 /")
_JOINT = rf"(?P<labels>(?:{_ANY})[类的]?(?:{_AND}(?:{_ANY})[类的]?){{1,5}}){_AFTER}{BRACKET}{CASE}"
# What no joint number can do without, so that most texts need not wait for its pattern.
_JOINED = re.compile(rf"(?:公开|提供|处理)[类的]?{_AND}[部予不同无其]")
_LABEL_FIRST = (
    rf"(?:{_NAMED}){_AFTER}{BRACKET}{CASE}",
    rf"(?:{_NAMED}){_AFTER}{BRACKET}{NUMBER}(?P<unit>)(?P<over>)(?=，占)",
)
_LINK = any_of("均?被 已 均?为 属于 依法 作出 答复 给予 是 因[^，。；：（）\\d、]{1,12}") + "{0,3}"
_NUMBER_FIRST = rf"{CASE}(?:申请)?{_LINK}(?:{_NAMED})(?=的?(?:答复|决定|处理)?(?:[，。；、）]|$))"
_NOT_HELD = re.compile(r"不掌握[^，。；：（）\d]{0,16}$")
_A_PART = re.compile(
    r"(?<![我本该])(?:局|委|镇|乡|街道|办事处|中心|公司|分局)$"
    r"|(?:自然人|企业|法人|组织|机构)[^，]{0,6}$"
)
_OF_SOME = re.compile(
    r"(?:自然人|企业|法人|组织|机构)[^，。；\d]{0,10}中[，：]"
    r"|(?:上年度?|去年|20\d\d年度?)结转[^，。；]{0,20}中[，：]"
    r"|(?<![我本该])(?:局|委|镇|乡|街道|办事处|中心)(?:办结|答复)[^；。]{0,40}其中"
)
_COUNT = re.compile(r"\d{1,9}(?:件|份|宗)")
_NOTE = re.compile(r"（[^（）]*）")


def find_outcomes(sentence: Sentence) -> None:
    """Record the outcomes of table 3 in a sentence about applications."""
    if not _ANY_LABEL.search(sentence.text) or not _may_be_outcomes(sentence):
        return
    if _JOINED.search(sentence.text):
        for found in sentence.free_matches(_JOINT):
            _record_joint(sentence, found)
    for pattern in (*_LABEL_FIRST, _NUMBER_FIRST):
        for found in sentence.free_matches(pattern):
            if is_whole(sentence, found):
                _add(sentence, next(name for name in _LABELS if found[name]), found)


def is_whole(sentence: Sentence, found: re.Match[str]) -> bool:
    """Whether the number is the agency's for the year, not one body's, channel's, applicant's."""
    lead = sentence.lead(found.start())
    if _A_PART.search(lead) or one_channel(lead):
        return False
    segment = sentence.text[sentence.segment_start(found.start()) : found.start()]
    if _OF_SOME.search(segment):
        return False
    return sentence.is_reported_year(found.start("n"))


def mark_open_lists(sentence: Sentence) -> None:
    """Qualify outcomes whose list ends with 等 or holds a number that is no outcome's."""
    outcomes = [mention for mention in sentence.mentions if mention.name in OUTCOMES]
    if not outcomes:
        return
    first = min(mention.start for mention in outcomes)
    last = max(mention.end for mention in outcomes)
    more = []
    if re.match(r"等|[^；。]{0,40}等(?:情形|情况|处理)?$", _rest(sentence, last)):
        more.append("list_open")
    if _has_unassigned(sentence, first, sentence.segment_end(last)):
        more.append("unassigned_part")
    sentence.mentions[:] = [
        replace(mention, qualifiers=(*mention.qualifiers, *more))
        if mention.name in OUTCOMES
        else mention
        for mention in sentence.mentions
    ]


def _rest(sentence: Sentence, at: int) -> str:
    return sentence.text[at : sentence.segment_end(at)]


def _has_unassigned(sentence: Sentence, start: int, end: int) -> bool:
    plain = _NOTE.sub(lambda note: "□" * len(note.group()), sentence.text)
    if any(
        sentence.free(found.start(), found.end()) for found in _COUNT.finditer(plain, start, end)
    ):
        return True
    groups = {_GROUPS[mention.name] for mention in sentence.mentions if mention.name in _GROUPS}
    return any(
        mention.name.startswith("applications.results.")
        and mention.name.split(".")[2] not in groups
        for mention in sentence.mentions
    )


_GROUPS = {
    "refused": "refused",
    "not_provided": "not_provided",
    "not_processed": "not_processed",
    "other_handling": "other",
}


def _may_be_outcomes(sentence: Sentence) -> bool:
    if sentence.topic.requests or sentence.topic.part == 3:
        return True
    if IS_REQUEST.search(sentence.text) or IS_REQUEST.search(sentence.before):
        return True
    return len({found.lastgroup for found in _NAMED_LABEL.finditer(sentence.text)}) >= 2


def _record_joint(sentence: Sentence, found: re.Match[str]) -> None:
    """One number for several outcomes: kept for 予以公开及部分公开 only, else left out."""
    labels = {label.lastgroup for label in _NAMED_LABEL.finditer(found["labels"])}
    if labels == {"granted", "partial"} and is_whole(sentence, found):
        _add(sentence, "granted_plus_partial", found)
    else:
        sentence.take(found.start(), found.end())


def _add(sentence: Sentence, name: str, found: re.Match[str]) -> None:
    (scope, qualifiers), quoted_to = markers(sentence, found.start(), found.end())
    more = list(qualifiers)
    lead = sentence.lead(found.start())
    reason = _NOT_HELD.search(lead) if name == "not_provided" else None
    if reason:
        more.append("because_not_held")
        more += ["with_et_cetera"] if "等" in reason.group() else []
    if REMAINDER.search(lead):
        more.append("remainder")
    sentence.add(name, found, scope=scope, qualifiers=more, quoted_to=quoted_to)
