"""What became of applications: the outcomes of table 3 and the number answered."""

from __future__ import annotations

import re

from duban.reading.narrative.carried import is_about_requests
from duban.reading.narrative.mention import Sentence
from duban.reading.narrative.numeral import CASE, NUMBER
from duban.reading.narrative.period import is_reported_year
from duban.reading.narrative.scope import markers
from duban.reading.narrative.words import (
    EXPLICIT_OBJECT,
    IS_REQUEST,
    TAIL,
    one_channel,
)

_LABELS = {
    "partial": r"部分公开|部分予以公开|予以部分公开",
    "refused": r"不予公开|不予以公开|不同意公开",
    "granted": r"(?<![不未])(?:予以公开|同意公开)",
    "not_provided": r"无法提供",
    "not_processed": r"不予处理",
    "other_handling": r"其[他它]处理",
}
_ANY = "|".join(f"(?:{label})" for label in _LABELS.values())
_NAMED = "|".join(f"(?P<{name}>{label})" for name, label in _LABELS.items())
_AFTER = r"(?:答复|告知|决定|处理|类|情形|情况|结果|申请|政府信息|信息|的|有|了|共计|合计|总计|共|件数|数量|数|为|是|：){0,5}"
_BRACKET = r"(?:（[^（）]{0,24}）)?"
_BARE_BEFORE_SHARE = rf"{NUMBER}(?P<unit>)(?P<over>)(?=，占)"

_JOINT = re.compile(
    rf"(?P<labels>(?:{_ANY})(?:类|的)?(?:(?:和|及|或|与|、|以及|并|/)(?:{_ANY})(?:类|的)?){{1,5}})"
    rf"{_AFTER}{_BRACKET}(?:{CASE})?"
)
_FORWARD = (
    re.compile(rf"(?:{_NAMED}){_AFTER}{_BRACKET}{CASE}"),
    re.compile(rf"(?:{_NAMED}){_AFTER}{_BRACKET}{_BARE_BEFORE_SHARE}"),
)
_BACKWARD = re.compile(
    rf"{CASE}(?:申请)?(?:均?被|已|均?为|属于|依法|作出|答复|给予|是|因[^，。；：（）\d、]{{1,12}}){{0,3}}"
    rf"(?:{_NAMED})(?=的?(?:答复|决定|处理)?(?:[，。；、）]|$))"
)
_HANDLED = re.compile(
    rf"(?P<late>逾期|超期|延期|延长|当面|当场|现场|电话|口头|率)?(?P<verb>办结|答复|办理完毕|办理完成|办复)(?P<gap>了|的|共|{EXPLICIT_OBJECT}|申请|完毕|相关|公众|申请人|并|反馈|回复){{0,4}}{TAIL}{_BRACKET}{CASE}"
)
_BODY = re.compile(
    r"(?<![我本该])(?:局|委|镇|乡|街道|办事处|中心|公司|分局)$|(?:自然人|企业|法人|组织|机构)[^，]{0,6}$"
)
_WITHIN = re.compile(r"按期|按时|及时|期限内|时限内")


def find_outcomes(sentence: Sentence) -> None:
    """Record the outcomes of table 3 in a sentence about applications."""
    if not re.search(_ANY, sentence.text):
        return
    if not _may_be_outcomes(sentence):
        return
    _find_joint(sentence)
    for pattern in _FORWARD:
        for found in sentence.free_matches(pattern):
            _record(sentence, found)
    for found in sentence.free_matches(_BACKWARD):
        _record(sentence, found)


def _may_be_outcomes(sentence: Sentence) -> bool:
    if sentence.topic.requests or sentence.topic.part == 3 or IS_REQUEST.search(sentence.text):
        return True
    if IS_REQUEST.search(sentence.before):
        return True
    kinds = {found.lastgroup for found in re.finditer(_NAMED, sentence.text)}
    return len(kinds) >= 2


def _find_joint(sentence: Sentence) -> None:
    for found in sentence.free_matches(_JOINT):
        labels = {m.lastgroup for m in re.finditer(_NAMED, found["labels"])}
        if found["n"] is None:
            continue
        if labels != {"granted", "partial"} or not _is_whole(sentence, found):
            sentence.take(found.start(), found.end())
            continue
        _add(sentence, "granted_plus_partial", found)


def _record(sentence: Sentence, found: re.Match[str]) -> None:
    name = next(name for name in _LABELS if found[name])
    if not _is_whole(sentence, found):
        return
    _add(sentence, name, found)


def _is_whole(sentence: Sentence, found: re.Match[str]) -> bool:
    """Whether the number is the agency's for the year, not one body's, channel's or applicant's."""
    at = found.start("n")
    if not is_reported_year(sentence.visible(at), at, sentence.clause_start(at), sentence.year):
        return False
    lead = sentence.lead(found.start())
    return not (_BODY.search(lead) or one_channel(lead))


def _add(sentence: Sentence, name: str, found: re.Match[str]) -> None:
    (scope, qualifiers), quoted_to = markers(sentence, found.start(), found.end())
    more = list(qualifiers)
    start = found.start()
    if name == "not_provided":
        reason = re.search(
            r"因?(?:本机关|我[局镇县市区办])?不掌握[^，。；：（）\d]{0,16}$", sentence.lead(start)
        )
        if reason:
            more.append("because_not_held")
            if "等" in reason.group():
                more.append("with_et_cetera")
    if re.search(r"其余|剩余|余下", sentence.lead(start)):
        more.append("remainder")
    sentence.add(name, found, scope=scope, qualifiers=more, quoted_to=quoted_to)


def find_handled(sentence: Sentence) -> None:
    """Record the number of applications answered; part counts and other objects are left out."""
    for found in sentence.free_matches(_HANDLED):
        at = found.start("n")
        lead = sentence.lead(found.start())
        clause = sentence.text[sentence.clause_start(at) : sentence.clause_end(at)]
        outside = re.sub(r"（[^）]*）?", "", clause)
        if (
            found["late"]
            or sentence.in_breakdown(found.start())
            or re.search(r"[结转]转|转下|顺延", outside)
        ):
            continue
        if (
            re.search(r"(?:未|没有|不|无|尚待|待)$", lead)
            or one_channel(lead)
            or _BODY.search(lead)
        ):
            continue
        if not is_about_requests(sentence, found.start()) and not re.search(
            EXPLICIT_OBJECT, found.group()
        ):
            continue
        if not is_reported_year(sentence.visible(at), at, sentence.clause_start(at), sentence.year):
            continue
        (scope, qualifiers), quoted_to = markers(sentence, found.start(), found.end())
        more = list(qualifiers)
        if _WITHIN.search(lead):
            more.append("within_deadline")
        sentence.add("handled", found, scope=scope, qualifiers=more, quoted_to=quoted_to)
