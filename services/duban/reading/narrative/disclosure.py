"""Documents, rules, decisions and items published on the agency's own motion."""

from __future__ import annotations

import re

from duban.reading.narrative.mention import Sentence
from duban.reading.narrative.numeral import NUMBER
from duban.reading.narrative.period import is_reported_year
from duban.reading.narrative.scope import markers
from duban.reading.narrative.words import BRACKET, one_channel

_ITEM = rf"{NUMBER}(?P<unit>件|份|个|部|项|宗|起|条|例|篇)(?P<over>以上|左右|上下)?"
_HAS = r"(?:决定|事项|案件|信息|文件|结果|总数|数量|总量|件数|数|共计|合计|总计|累计|共|计|有|为|达到|达|了|已){0,4}"
_MADE = r"(?:制定|制发|印发|出台|新制定|新制发|新出台)(?:并?(?:公布|发布|公开|实施|印发))?"
_DOCUMENT = r"行政规范性文件|规范性文件"

_PATTERNS = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("normative_repealed", rf"(?:废止|宣布失效|清理废止)了?(?:{_DOCUMENT}){_HAS}{_ITEM}"),
        ("normative_repealed", rf"(?:废止|宣布失效|清理废止)了?{_ITEM}(?:{_DOCUMENT})"),
        ("normative_in_force", rf"(?:现行有效|继续有效)的?(?:{_DOCUMENT}){_HAS}{_ITEM}"),
        ("normative_issued", rf"{_MADE}了?(?:{_DOCUMENT}){_HAS}{_ITEM}"),
        ("normative_issued", rf"{_MADE}了?{_ITEM}(?:{_DOCUMENT})"),
        ("normative_published", rf"(?:{_DOCUMENT}){_HAS}{_ITEM}"),
        ("regulations_issued", rf"(?:制定|公布|新增|制发|出台)(?:并?(?:公布|发布))?了?(?:政府)?规章{_HAS}{_ITEM}"),
        ("licensing_decisions", rf"行政许可{_HAS}{_ITEM}"),
        ("penalty_decisions", rf"行政处罚{_HAS}{_ITEM}"),
        ("compulsion_decisions", rf"行政强制(?:措施|执行)?{_HAS}{_ITEM}"),
        ("proactive_total", rf"(?:主动公开|公开|发布)(?:各类|的|了|公开|政务|政府|各项|有关){{0,3}}信息{_HAS}{BRACKET}{NUMBER}(?P<unit>条)(?P<over>以上|左右)?"),
        ("proactive_total", rf"(?:主动公开|公开|发布)了?{NUMBER}(?P<unit>条)(?P<over>以上)?(?:各类|政务|政府){{0,2}}信息"),
    )
)  # fmt: skip
_FOLLOWING = (
    ("normative_repealed", re.compile(rf"(?:废止|宣布失效)(?:文件)?{_ITEM}")),
    (
        "normative_in_force",
        re.compile(rf"(?:现行有效|继续有效)(?:文件)?(?:的)?(?:为|有|共)?{_ITEM}"),
    ),
)
_PUBLISHED = re.compile(r"公开|公示|发布|刊登|归集|上传|录入|推送|公布")
_DECIDED = re.compile(r"作出|做出|办理|办结|实施|准予|下达|立案|查处")
_WORDS = re.compile(r"规范性文件|规章|行政(?:许可|处罚|强制)|信息")
_NOT_OWN = re.compile(r"审查|备案|解读|清理|评估|修订|送审|学习|宣传|转发|上级")


def find_disclosure(sentence: Sentence) -> None:
    """Record numbers of documents, decisions and published items."""
    if not _WORDS.search(sentence.text):
        return
    for name, pattern in _PATTERNS:
        for found in sentence.free_matches(pattern):
            _record(sentence, name, found)
    if any(m.name in ("normative_issued", "normative_in_force") for m in sentence.mentions):
        for name, pattern in _FOLLOWING:
            for found in sentence.free_matches(pattern):
                _record(sentence, name, found)


def _record(sentence: Sentence, name: str, found: re.Match[str]) -> None:
    at = found.start("n")
    lead = sentence.lead(found.start())
    if _NOT_OWN.search(lead):
        return
    if not is_reported_year(sentence.visible(at), at, sentence.clause_start(at), sentence.year):
        return
    (scope, qualifiers), quoted_to = markers(sentence, found.start(), found.end())
    more = list(qualifiers)
    breakdown = sentence.in_breakdown(found.start())
    if name == "proactive_total":
        if breakdown or (found.start() and _earlier_total(sentence)):
            return
        if one_channel(lead) or re.search(r"公众号|微博|微信|新媒体|栏目|板块|公报|公告栏", lead):
            more.append("one_channel")
    elif name != "regulations_issued" and not name.startswith("normative_"):
        verbs = sentence.text[sentence.segment_start(at) : found.start()]
        published = _last(_PUBLISHED, verbs)
        decided = _last(_DECIDED, verbs)
        if published < 0 and decided < 0:
            return
        if published > decided:
            more.append("published_records")
    elif name == "normative_published":
        if _last(_PUBLISHED, sentence.text[: found.start()]) < 0:
            return
        more.append("published_records")
    if breakdown:
        more.append("in_breakdown")
    sentence.add(name, found, scope=scope, qualifiers=more, quoted_to=quoted_to)


def _earlier_total(sentence: Sentence) -> bool:
    return any(mention.name == "proactive_total" for mention in sentence.mentions)


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((found.start() for found in pattern.finditer(text)), default=-1)
