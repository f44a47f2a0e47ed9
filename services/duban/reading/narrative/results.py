"""Results of reconsiderations and suits: upheld, corrected, other, pending."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from duban.reading.narrative.mention import Mention, Sentence
from duban.reading.narrative.numeral import CASE
from duban.reading.narrative.pattern import compiled
from duban.reading.narrative.words import BRACKET, REMAINDER, any_of

_KEPT = any_of("结果 原(?:具体)?行政行为 原决定 原答复 决定 原判") + "?"
_LABELS = {
    "upheld": rf"(?:结果|决定|予以|被|获)?维持{_KEPT}",
    "corrected": r"(?:结果|被|予以|依法)?(?:纠正|纠错|撤销)(?:结果)?",
    "other": r"其[他它](?:处理)?(?:结果|情形|情况)?",
    "pending": r"(?:尚?未(?:审结|结案|办结|结)|(?:尚|正|仍|还)?在审理?(?:之?中)?|审理中|待审)",
}
_LABEL = "|".join(f"(?P<{name}>{label})" for name, label in _LABELS.items())
_PART = rf"(?:{_LABEL})(?:的|案件|了|有|共|为|：|数|类){{0,3}}{BRACKET}{CASE}"
_WAS = any_of("为 被 获 系 属 予以 结果 目前 仍 已 均 的 判决 裁定 处于 作出") + "{0,3}"
_PART_AFTER = (
    rf"{CASE}(?:案件|申请)?{_WAS}(?:{_LABEL})(?:中|的|案件|阶段|结果){{0,2}}(?=[，。；、）]|$)"
)
_DECIDER = any_of("经审理 复议结果 诉讼结果 裁判结果 判决结果 审理结果 结果 复议机关 法院 最终 且")
_ALL_UPHELD = (
    rf"，?{_DECIDER}?(?:均|全部|都)(?:获|被|予以|为|得到|判决|裁定|以)?(?:法院|复议机关|上级)?"
    r"(?:结果)?维持(?:原\w{0,6})?(?=[，。；]|$)"
)
_NONE_CORRECTED = (
    r"均?(?:未|无|没有)(?:出现|发生|有|存在)?(?:一[件起例宗])?被?"
    r"(?:行政复议|行政诉讼|复议|诉讼|、|和){0,4}被?(?:纠错|纠正)(?:的?情况|情形|案件)?(?=[，。；]|$)"
)
_COUNT = re.compile(r"\d{1,9}(?:件|起|宗|例|份)")
_SIDE = re.compile(r"(?<!经)(?P<recon>复议)(?!后|机关|决定|直接)|(?P<lit>诉讼|起诉)")
_GROUPS = {
    "lit_direct_total": "disputes.litigation_direct",
    "lit_after_total": "disputes.litigation_after_reconsideration",
}


def find_results(sentence: Sentence, heads: Sequence[tuple[int, str]]) -> None:
    """Record the results in the clause of each total; what may belong to two totals is not."""
    for index, (start, _) in enumerate(heads):
        limit = heads[index + 1][0] if index + 1 < len(heads) else len(sentence.text)
        end = min(limit, _clause_end(sentence, start))
        shared = _shares_results(sentence, heads[:index], start)
        for pattern in (_PART, _PART_AFTER):
            for found in sentence.free_matches(pattern):
                if start < found.start() and found.end() <= end:
                    _record(sentence, found, heads[: index + 1], shared=shared)
        _mark_unassigned(sentence, start, end)
    _find_all_upheld(sentence)
    _find_none_corrected(sentence)


def _shares_results(sentence: Sentence, earlier: Sequence[tuple[int, str]], start: int) -> bool:
    """Whether the total before this one has no results of its own, so that both share the list."""
    if not earlier:
        return False
    previous, name = earlier[-1]
    if sentence.segment_start(previous) != sentence.segment_start(start):
        return False
    own = [m for m in sentence.mentions if m.clause == previous]
    return all(m.name == name for m in own) and any(m.value for m in own)


def _record(
    sentence: Sentence, found: re.Match[str], heads: Sequence[tuple[int, str]], *, shared: bool
) -> None:
    clause, head = heads[-1]
    part = next(name for name in _LABELS if found[name])
    lead = sentence.text[sentence.clause_start(found.start()) : found.start()].split("、")[-1]
    named = _SIDE.search(lead) if clause < found.start() - len(lead) else None
    if named:
        side = str(named.lastgroup)
        clause = next((start for start, total in heads[::-1] if total.startswith(side)), clause)
        name = f"{side}_{part}"
    elif shared:
        return
    elif head in _GROUPS:
        name = f"{_GROUPS[head]}.{part}"
    else:
        name = f"{head.partition('_')[0]}_{part}"
    qualifiers = ("remainder",) if REMAINDER.search(lead) else ()
    sentence.add(name, found, qualifiers=qualifiers, clause=clause)


def _clause_end(sentence: Sentence, start: int) -> int:
    """The next ；unless a bare result with its number follows it."""
    end = sentence.segment_end(start)
    while sentence.text[end : end + 1] == "；" and (
        compiled(_PART).match(sentence.text, end + 1)
        or compiled(_PART_AFTER).match(sentence.text, end + 1)
    ):
        end = sentence.segment_end(end + 1)
    return end


def _mark_unassigned(sentence: Sentence, start: int, end: int) -> None:
    more = []
    for found in _COUNT.finditer(sentence.text, start, end):
        if sentence.free(found.start(), found.end()):
            more = ["unassigned_part"]
    if re.search(r"\d(?:件|起|宗|例)等", sentence.text[start:end]):
        more.append("list_open")
    sentence.mentions[:] = [
        replace(mention, qualifiers=(*mention.qualifiers, *more))
        if mention.clause == start and mention.clause_is_dispute
        else mention
        for mention in sentence.mentions
    ]


def _find_all_upheld(sentence: Sentence) -> None:
    totals = [m for m in sentence.mentions if m.name in ("recon_total", "lit_total")]
    for found in sentence.free_matches(_ALL_UPHELD):
        reach = found.start()
        for total in sorted(totals, key=lambda mention: -mention.start):
            between = sentence.text[total.end : reach]
            if total.end > reach or between.strip("，、"):
                continue
            _add_for_all(sentence, total, found, "upheld", total.value, "all_upheld")
            reach = sentence.clause_start(total.start)
            reach = reach - 1 if reach else total.start


def _find_none_corrected(sentence: Sentence) -> None:
    totals = [m for m in sentence.mentions if m.name in ("recon_total", "lit_total")]
    for found in sentence.free_matches(_NONE_CORRECTED):
        for total in totals:
            if total.end <= found.start():
                _add_for_all(sentence, total, found, "corrected", 0, "none_corrected")


def _add_for_all(
    sentence: Sentence,
    total: Mention,
    found: re.Match[str],
    part: str,
    value: int | float,
    qualifier: str,
) -> None:
    sentence.take(found.start(), found.end())
    name = f"{total.name.partition('_')[0]}_{part}"
    sentence.mentions.append(
        replace(total, name=name, value=value, end=found.end(), qualifiers=(qualifier,))
    )
