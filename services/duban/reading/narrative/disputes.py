"""Reconsiderations and suits about disclosure: how many, and that there were none."""

from __future__ import annotations

import re
from dataclasses import replace
from operator import itemgetter

from duban.reading.narrative.mention import Sentence
from duban.reading.narrative.numeral import CASE
from duban.reading.narrative.results import find_results
from duban.reading.narrative.scope import markers
from duban.reading.narrative.words import BRACKET, GAP, TAIL_WORDS, any_of

_RECON = r"(?<!经)(?:行政复议|复议)(?!后|机关|决定|直接|前置)"
_LIT = r"(?<!民事)(?<!刑事)(?<!复议)(?:行政诉讼|诉讼)"
_SUIT = r"(?:起诉|(?:又?提起|向法院提起)?(?:行政)?诉讼)"
_CASES = any_of("案件 申请 案子 案 事项 情况") + "?"
_AND = r"(?:和|及|与|或|、|以及|/|暨)(?:被)?(?:提起|引发|发生)?(?:的)?"
_TAIL = any_of(f"发生 收到 立案 新增 {TAIL_WORDS}") + "{0,5}"
_CAUSED = any_of("收到 引发 发生 涉及 产生 引起 被提起 被申请 提起 共有? 新增 有 受理") + "了?共?"
_OF = rf"(?:因|由|涉及|涉)?{GAP}{{0,14}}?"
_BOTH = rf"{_RECON}{_CASES}(?:{_AND})?(?:行政)?诉讼{_CASES}"
_STOP = r"(?=[，。；：（、]|和|及|$)"

_RESPECTIVE = (
    rf"{_BOTH}(?:数量|件数|数)?分别(?:为|是|有|发生|收到)?"
    r"(?P<recon>\d{1,6})(?:件|起|宗)(?:和|、|，|及|与)(?P<lit>\d{1,6})(?:件|起|宗)"
)
_BOTH_ZERO = rf"{_BOTH}(?:数量|件数|数)?(?:均|都)[为是](?:0|零)(?=[，。；）]|$)"
# What stands before the word of a dispute in every match of the patterns that begin with a count.
_COUNT_BEFORE = re.compile(r"[件份宗起例][^，。；：！？（）\d]{0,20}(?:复议|诉讼)")
# Name, the words no match can do without, pattern.
_TOTALS = (
    ("disputes_total", ("复议", "诉讼"), rf"{_BOTH}(?P<each>均|各|都)?{_TAIL}{CASE}"),
    ("disputes_total", ("复议", "诉讼"), rf"{_CAUSED}{CASE}{_OF}{_BOTH}{_STOP}"),
    (
        "lit_direct_total",
        ("直接",),
        rf"(?:未经(?:行政)?复议)?直接{_SUIT}{_CASES}{_TAIL}{BRACKET}{CASE}",
    ),
    (
        "lit_after_total",
        ("复议后",),
        rf"经?(?:行政)?复议后再?{_SUIT}{_CASES}{_TAIL}{BRACKET}{CASE}",
    ),
    ("recon_total", ("复议",), rf"{_RECON}{_CASES}{_TAIL}{BRACKET}{CASE}"),
    ("lit_total", ("诉讼",), rf"{_LIT}{_CASES}{_TAIL}{BRACKET}{CASE}"),
    ("recon_total", ("复议",), rf"{_CAUSED}{CASE}{_OF}{_RECON}{_CASES}{_STOP}"),
    ("lit_total", ("诉讼",), rf"(?:{_CAUSED}|和|及|、){CASE}{_OF}{_LIT}{_CASES}{_STOP}"),
)
_COUNT_FIRST = frozenset(pattern for _, _, pattern in _TOTALS if CASE + _OF in pattern)
_NO = r"(?:未|没有|无(?!法|关|论|正当|需|须)|尚无|从未)"
_HAPPENED = any_of("发生 产生 出现 收到 引发 引起 接到 存在 涉及 被(?:申请|提起|提出)")
_DENIED = (
    rf"{_NO}(?:因|涉|(?:曾|有)?{_HAPPENED}过?|(?=政府信息|信息公开|依申请|行政复议|行政诉讼|复议))"
    rf"(?P<gap>{GAP}{{0,30}}?)"
    rf"(?P<what>(?:行政)?复议(?:{_CASES}(?:{_AND})?(?:申请)?(?:行政)?诉讼)?"
    rf"|行政诉讼(?:{_CASES}{_AND}(?:行政)?复议)?)"
)
_ONLY_RESULTS = re.compile(any_of("纠错 纠正 败诉 撤销 发生率 违法 责令 维持 胜诉 超期 逾期"))
_OTHER_FIELD = re.compile(any_of("执法 处罚 许可 征收 拆迁 领域 工程 强制 复核"))
_END_OF_DENIAL = re.compile(
    r"(?:案件|案|情况|情形|事件|申请|事项|现象|发生|出现|产生|的|等|类){0,4}|[、和及或].{0,20}"
)
_ABOUT = re.compile(r"信息公开|依申请公开|引发|因[^，。；]{0,12}公开|涉(?:及)?[^，。；]{0,4}公开")
_NOT_ABOUT = re.compile(r"非政府信息公开|非信息公开|民事|刑事")
_WORKLOAD = re.compile(
    any_of("审理 审结 承办 代理 出庭 应诉 调解 办理 受理 指导 总量 总数 办案 法制 司法 化解 民事")
)
_HEARING = re.compile(r"作为[^，。；]{0,8}复议(?:机关|机构)")
_HEARS = re.compile(
    r"以[^，。；]{1,12}为被申请人|复议机关|复议机构|复议委员会|司法[局厅所]|法院(?:共|全年|受理|审)"
)
_FILED = re.compile(r"备案|立案|新增|收到|受理|接到|新收")


def find_disputes(sentence: Sentence) -> None:
    """Record reconsiderations and suits; a number that may be other work is left out."""
    _find_denials(sentence)
    _find_respective(sentence)
    candidates = []
    counted_before = _COUNT_BEFORE.search(sentence.text) is not None
    for name, words, pattern in _TOTALS:
        if not all(word in sentence.text for word in words):
            continue
        if pattern in _COUNT_FIRST and not counted_before:
            continue
        for found in sentence.free_matches(pattern):
            sentence.take(found.start(), found.end())
            candidates.append((found.start(), name, found))
    heads = []
    for start, name, found in sorted(candidates, key=itemgetter(0)):
        if _is_about_disclosure(sentence, found) and _add(sentence, name, found):
            heads.append((start, name))
        else:
            sentence.release(found.start(), found.end())
    find_results(sentence, heads)


def _find_denials(sentence: Sentence) -> None:
    for found in sentence.free_matches(_DENIED):
        end = found.end()
        rest = sentence.text[end : sentence.clause_end(end)]
        clause = sentence.text[sentence.clause_start(found.start()) : end]
        if _OTHER_FIELD.search(sentence.text[:end]) and not _ABOUT.search(sentence.text[:end]):
            continue
        if _ONLY_RESULTS.search(found["gap"] + rest) or not _END_OF_DENIAL.fullmatch(rest):
            continue
        if not sentence.is_reported_year(end) or _NOT_ABOUT.search(clause):
            continue
        for name, word in (("recon_total", "复议"), ("lit_total", "诉讼")):
            if word in found["what"]:
                sentence.add_value(
                    name, 0, found.start(), end, qualifiers=("denied",), clause=found.start()
                )


def _find_respective(sentence: Sentence) -> None:
    for found in sentence.free_matches(_BOTH_ZERO):
        if _is_about_disclosure(sentence, found):
            for name in ("recon_total", "lit_total"):
                sentence.add_value(name, 0, found.start(), found.end(), clause=found.start())
    for found in sentence.free_matches(_RESPECTIVE):
        if _is_about_disclosure(sentence, found):
            for side in ("recon", "lit"):
                sentence.add_value(
                    f"{side}_total",
                    int(found[side]),
                    found.start(),
                    found.end(),
                    clause=found.start(side),
                )


def _is_about_disclosure(sentence: Sentence, found: re.Match[str]) -> bool:
    """Whether the clause speaks of disputes about disclosure, not of a justice bureau's work."""
    start = found.start()
    clause = sentence.text[sentence.clause_start(start) : found.end()]
    if _NOT_ABOUT.search(clause) or not sentence.is_reported_year(found.end()):
        return False
    if _OTHER_FIELD.search(clause) and "公开" not in clause:
        return False
    lead = sentence.text[sentence.clause_start(start) : start]
    if re.search(rf"{_NO}[^，]{{0,3}}$", lead):
        return False
    rest = sentence.text[found.end() : sentence.segment_end(found.end())]
    if re.search(r"其中[^，]{0,12}公开", rest) or _is_part_of_more(sentence, found):
        return False
    if _ABOUT.search(clause):
        return True
    if _WORKLOAD.search(lead + found.group().split("复议")[0]):
        return False
    if any(mention.clause_is_dispute for mention in sentence.mentions):
        return True
    near = _ABOUT.search(sentence.text, max(0, start - 30), start)
    return bool(near or sentence.topic.requests or sentence.topic.disputes)


def _is_part_of_more(sentence: Sentence, found: re.Match[str]) -> bool:
    """Whether a wider number of its kind stands before 其中, or another body hears the case."""
    before = sentence.text[sentence.segment_start(found.start()) : found.start()]
    word = "复议" if "复议" in found.group() else "诉讼"
    if sentence.in_breakdown(found.start()) and word in before.split("其中")[0]:
        return "直接" not in found.group() and "复议后" not in found.group()
    if _HEARING.search(before):
        return True
    return bool(_HEARS.search(sentence.text[sentence.clause_start(found.start()) : found.end()]))


def _add(sentence: Sentence, name: str, found: re.Match[str]) -> bool:
    (scope, qualifiers), quoted_to = markers(sentence, found.start(), found.end())
    more = [qualifier for qualifier in qualifiers if qualifier != "registered"]
    if _FILED.search(sentence.lead(found.start()) + found.group()):
        more.append("filed_in_year")
    following = sentence.text[found.start() : sentence.segment_end(found.end())]
    if re.search(r"[一二再]审", following):
        more.append("instances_counted")
    each = found.groupdict().get("each")
    added = sentence.add(
        "recon_total" if each else name,
        found,
        scope=scope,
        qualifiers=more,
        clause=found.start(),
        quoted_to=quoted_to,
    )
    if added and each:
        sentence.mentions.append(replace(sentence.mentions[-1], name="lit_total"))
    return added
