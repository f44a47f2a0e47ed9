"""Documents, rules, decisions and items published on the agency's own motion."""

from __future__ import annotations

import re

from duban.reading.narrative.mention import Sentence
from duban.reading.narrative.numeral import NUMBER
from duban.reading.narrative.scope import markers
from duban.reading.narrative.words import BRACKET, TAIL_WORDS, any_of, one_channel

_ITEM = rf"{NUMBER}(?P<unit>件|份|个|部|项|宗|起|条|例|篇)(?P<over>以上|左右|上下)?"
_PIECE = rf"{NUMBER}(?P<unit>条)(?P<over>以上|左右|上下)?"
_DECISIONS = (
    any_of(f"决定书? 案件 信息 结果 {TAIL_WORDS}")
    + "{0,4}"
    + rf"{NUMBER}(?P<unit>件|份|宗|起|例|条)(?P<over>以上|左右|上下)?"
)
_HAS = any_of(f"决定 事项 案件 信息 文件 结果 {TAIL_WORDS}") + "{0,4}"
_MADE = r"(?:制定|制发|印发|出台|新制定|新制发|新出台)(?:并?(?:公布|发布|公开|实施|印发))?了?"
_DOCUMENT = r"(?:行政)?规范性文件"
_ENDED = r"(?:废止|宣布失效|清理废止)了?"
_VALID = r"(?:现行有效|继续有效)的?"
_SHOWN = r"(?:主动公开|公开|发布)"
_WHICH = any_of("各类 的 了 公开 政务 政府 各项 有关") + "{0,3}"

# Name, the word no match can do without, pattern.
_PATTERNS = (
    ("normative_repealed", "规范性文件", rf"{_ENDED}{_DOCUMENT}{_HAS}{_ITEM}"),
    ("normative_repealed", "规范性文件", rf"{_ENDED}{_ITEM}{_DOCUMENT}"),
    ("normative_in_force", "规范性文件", rf"{_VALID}{_DOCUMENT}{_HAS}{_ITEM}"),
    ("normative_issued", "规范性文件", rf"{_MADE}{_DOCUMENT}{_HAS}{_ITEM}"),
    ("normative_issued", "规范性文件", rf"{_MADE}{_ITEM}{_DOCUMENT}"),
    ("normative_published", "规范性文件", rf"{_DOCUMENT}{_HAS}{_ITEM}"),
    (
        "regulations_issued",
        "规章",
        rf"(?:制定|公布|新增|制发|出台)(?:并?(?:公布|发布))?了?(?:政府)?规章{_HAS}{_ITEM}",
    ),
    ("licensing_decisions", "行政许可", rf"行政许可{_DECISIONS}"),
    ("penalty_decisions", "行政处罚", rf"行政处罚{_DECISIONS}"),
    ("compulsion_decisions", "行政强制", rf"行政强制(?:措施|执行)?{_DECISIONS}"),
    ("proactive_total", "信息", rf"{_SHOWN}{_WHICH}信息{_HAS}{BRACKET}{_PIECE}"),
    ("proactive_total", "信息", rf"{_SHOWN}了?{_PIECE}(?:各类|政务|政府){{0,2}}信息"),
)
_FOLLOWING = (
    ("normative_repealed", rf"{_ENDED}(?:文件)?{_ITEM}"),
    ("normative_in_force", rf"{_VALID}(?:文件)?(?:为|有|共)?{_ITEM}"),
)
_PUBLISHED = re.compile(any_of("公开 公示 发布 归集 上传 录入 推送 公布"))
_DECIDED = re.compile(any_of("作出 做出 办理 办结 实施 准予 下达 立案 查处"))
_NOT_OWN = re.compile(any_of("审查 备案 解读 清理 评估 修订 送审 学习 宣传 转发 上级"))
_REPRINTED = re.compile(r"刊登|刊载|登载|(?:部门|上级|省|市委)$")
_CHANNEL = re.compile(any_of("公众号 微博 微信 新媒体 栏目 板块 公报 公告栏"))


def find_disclosure(sentence: Sentence) -> None:
    """Record numbers of documents, decisions and published items."""
    for name, word, pattern in _PATTERNS:
        if word not in sentence.text:
            continue
        for found in sentence.free_matches(pattern):
            _record(sentence, name, found)
    if any(m.name in ("normative_issued", "normative_in_force") for m in sentence.mentions):
        for name, pattern in _FOLLOWING:
            for found in sentence.free_matches(pattern):
                _record(sentence, name, found)


def _record(sentence: Sentence, name: str, found: re.Match[str]) -> None:
    lead = sentence.lead(found.start())
    if _NOT_OWN.search(lead) or not sentence.is_reported_year(found.start("n")):
        return
    circumstances = _circumstances(sentence, name, found.start(), lead)
    if circumstances is None:
        return
    (scope, qualifiers), quoted_to = markers(sentence, found.start(), found.end())
    more = [*qualifiers, *circumstances]
    if sentence.in_breakdown(found.start()):
        more.append("in_breakdown")
    sentence.add(name, found, scope=scope, qualifiers=more, quoted_to=quoted_to)


def _circumstances(sentence: Sentence, name: str, at: int, lead: str) -> list[str] | None:
    """Qualifiers a kind of number has; None where its verb does not make it one."""
    before = sentence.text[sentence.segment_start(at) : at]
    if name == "proactive_total":
        if sentence.in_breakdown(at) or any(m.name == name for m in sentence.mentions):
            return None
        return ["one_channel"] if one_channel(lead) or _CHANNEL.search(lead) else []
    if name == "normative_published":
        if _REPRINTED.search(lead) or _last(_PUBLISHED, before) < _last(_REPRINTED, before):
            return None
        return ["published_records"] if _PUBLISHED.search(before) else None
    if name.endswith("_decisions"):
        published, decided = _last(_PUBLISHED, before), _last(_DECIDED, before)
        if published == decided:
            return None
        return ["published_records"] if published > decided else []
    return []


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((found.start() for found in pattern.finditer(text)), default=-1)
