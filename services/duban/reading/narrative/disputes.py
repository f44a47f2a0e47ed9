"""Reconsiderations and suits about disclosure: totals, results and zero statements."""

from __future__ import annotations

import re
from dataclasses import replace

from duban.reading.narrative.mention import Mention, Sentence
from duban.reading.narrative.numeral import CASE
from duban.reading.narrative.period import is_reported_year
from duban.reading.narrative.scope import markers
from duban.reading.narrative.words import BRACKET, GAP, TAIL

_RECON = r"(?<!经)(?:行政复议|复议)(?!后|机关|决定|直接|前置)"
_LIT = r"(?<!民事)(?<!刑事)(?:行政诉讼|诉讼)"
_CASES = r"(?:案件|申请|案子|案|事项|情况)?"
_AND = r"(?:和|及|与|或|、|以及|/|暨)(?:被)?(?:提起|引发|发生)?(?:的)?"
_TAIL = rf"(?:发生|收到|立案|新增|{TAIL[3:-6]}){{0,5}}"

_JOINT = re.compile(rf"{_RECON}{_CASES}{_AND}{_LIT}{_CASES}(?P<each>均|各|都)?{_TAIL}(?:{CASE})")
_JOINT_AFTER = re.compile(
    rf"(?:收到|引发|发生|涉及|产生|引起|被提起|共有?|有)了?共?{CASE}(?:因|由|涉及)?{GAP}{{0,14}}?{_RECON}{_CASES}{_AND}{_LIT}{_CASES}(?=[，。；（]|$)"
)
_RESPECTIVE = re.compile(
    rf"{_RECON}{_CASES}{_AND}{_LIT}{_CASES}(?:数量|件数|数)?分别(?:为|是|有|发生|收到)?(?P<a>\d{{1,6}})(?:件|起|宗)(?:和|、|，|及|与)(?P<b>\d{{1,6}})(?:件|起|宗)"
)
_TOTALS = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("lit_direct_total", rf"(?:未经(?:行政)?复议)?直接(?:起诉|(?:提起|向法院提起)?(?:行政)?诉讼){_CASES}{_TAIL}{BRACKET}{CASE}"),
        ("lit_after_total", rf"(?:经)?(?:行政)?复议后(?:再)?(?:起诉|(?:提起|又提起)?(?:行政)?诉讼){_CASES}{_TAIL}{BRACKET}{CASE}"),
        ("recon_total", rf"{_RECON}{_CASES}{_TAIL}{BRACKET}{CASE}"),
        ("lit_total", rf"{_LIT}{_CASES}{_TAIL}{BRACKET}{CASE}"),
        ("recon_total", rf"(?:收到|引发|发生|涉及|产生|引起|被提起|被申请|提起|共有?|新增|有|受理)了?共?{CASE}(?:因|由|涉及|涉)?{GAP}{{0,14}}?{_RECON}{_CASES}(?=[，。；：（、和及]|$)"),
        ("lit_total", rf"(?:收到|引发|发生|涉及|产生|引起|被提起|提起|共有?|新增|有|和|及|、)了?共?{CASE}(?:因|由|涉及|涉)?{GAP}{{0,14}}?{_LIT}{_CASES}(?=[，。；：（、]|$)"),
    )
)  # fmt: skip
_PARTS = (
    (
        "upheld",
        r"(?:结果|决定|予以|被|获)?维持(?:结果|原(?:具体)?行政行为|原决定|原答复|决定|原判)?",
    ),
    ("corrected", r"(?:结果|被|予以|依法)?(?:纠正|纠错|撤销)(?:结果)?"),
    ("other", r"其[他它](?:处理)?(?:结果|情形|情况)?"),
    (
        "pending",
        r"(?:尚未审结|未审结|尚未结案|未结案|尚未办结|未办结|未结|(?:尚|正|仍|还)?在审理?(?:之?中)?|审理中|待审)",
    ),
)
_LABEL = "|".join(f"(?P<{name}>{label})" for name, label in _PARTS)
_PART = re.compile(rf"(?:{_LABEL})(?:的|案件|了|有|共|为|：|数|类){{0,3}}{BRACKET}{CASE}")
_PART_AFTER = re.compile(
    rf"{CASE}(?:案件|申请)?(?:为|被|获|系|属|予以|结果|目前|仍|已|均|的|判决|裁定|处于|作出){{0,3}}"
    rf"(?:{_LABEL})(?:中|的|案件|阶段|结果){{0,2}}(?=[，。；、）]|$)"
)
_ALL_UPHELD = re.compile(
    r"，?(?:经审理|复议结果|诉讼结果|裁判结果|判决结果|审理结果|结果|复议机关|法院|最终|已审结|且)?"
    r"(?:均|全部|都)(?:获|被|予以|为|得到|判决|裁定|以)?(?:法院|复议机关|上级)?(?:结果)?维持(?:原\w{0,6})?(?=[，。；]|$)"
)
_NONE_CORRECTED = re.compile(
    r"(?:均)?(?:未|无|没有)(?:出现|发生|有|存在)?(?:一[件起例宗])?(?:被)?(?:行政复议|行政诉讼|复议|诉讼|、|和)*(?:被)?(?:纠错|纠正)(?:情况|情形|案件|的情况)?(?=[，。；]|$)"
)
_COUNT = re.compile(r"\d{1,9}(?:件|起|宗|例|份)")
_ABOUT = re.compile(r"信息公开|依申请公开|引发|因[^，。；]{0,12}公开|涉(?:及)?[^，。；]{0,4}公开")
_WORKLOAD = re.compile(
    r"审理|审结|承办|代理|出庭|应诉|调解|办理|受理|指导|总量|总数|办案|法制|司法|化解|民事"
)
_NOT_ABOUT = re.compile(r"非政府信息公开|非信息公开|民事|刑事")
_FILED = re.compile(r"备案|立案|新增|收到|受理|接到|新收")
_DENIED = re.compile(
    rf"(?:未|没有|无(?!法|关|论|正当|需|须)|尚无|从未)(?P<verb>因|涉|(?:曾|有)?(?:发生|产生|出现|收到|引发|引起|接到|存在|涉及|被(?:申请|提起|提出))过?|(?=政府信息|信息公开|依申请|行政复议|行政诉讼|复议))"
    rf"(?P<gap>{GAP}{{0,30}}?)(?P<what>(?:行政)?复议(?P<both>{_CASES}(?:{_AND}|的|)(?:申请)?(?:行政)?诉讼)?|行政诉讼(?P<too>{_CASES}{_AND}(?:行政)?复议)?)"
)
_ONLY_CORRECTED = re.compile(r"纠错|纠正|败诉|撤销|发生率|违法|责令|维持|胜诉|超期|逾期")


def find_disputes(sentence: Sentence) -> None:
    """Record reconsiderations and suits; a number that may be other work is left out."""
    if "复议" not in sentence.text and "诉" not in sentence.text:
        return
    _find_denials(sentence)
    _find_joint(sentence)
    heads: list[tuple[int, str]] = []
    for name, pattern in _TOTALS:
        for found in sentence.free_matches(pattern):
            if _is_about_disclosure(sentence, found) and _add(sentence, name, found):
                heads.append((found.start(), name))
    _find_parts(sentence, sorted(heads))
    _find_all_upheld(sentence)
    _find_none_corrected(sentence)


def _find_denials(sentence: Sentence) -> None:
    for found in sentence.free_matches(_DENIED):
        rest = sentence.text[found.end() : sentence.clause_end(found.end())]
        if _ONLY_CORRECTED.search(found["gap"] + rest) or re.search(r"\d", rest):
            continue
        at = found.end()
        if not is_reported_year(sentence.visible(at), at, sentence.clause_start(at), sentence.year):
            continue
        if _NOT_ABOUT.search(sentence.text, sentence.clause_start(at), at):
            continue
        both = found["both"] or found["too"]
        names = ["recon_total"] if "复议" in found["what"] else []
        names += ["lit_total"] if both or "诉讼" in found["what"] else []
        for name in names:
            sentence.add_value(
                name, 0, found.start(), at, qualifiers=("denied",), clause=found.start()
            )


def _find_joint(sentence: Sentence) -> None:
    for found in sentence.free_matches(_RESPECTIVE):
        if _is_about_disclosure(sentence, found):
            for name, group in (("recon_total", "a"), ("lit_total", "b")):
                sentence.add_value(
                    name, int(found[group]), found.start(), found.end(), clause=found.start(group)
                )
    for pattern in (_JOINT, _JOINT_AFTER):
        for found in sentence.free_matches(pattern):
            if not _is_about_disclosure(sentence, found):
                continue
            if found.groupdict().get("each"):
                if _add(sentence, "recon_total", found):
                    last = sentence.mentions[-1]
                    sentence.mentions.append(replace(last, name="lit_total"))
            else:
                _add(sentence, "disputes_total", found)


def _is_about_disclosure(sentence: Sentence, found: re.Match[str]) -> bool:
    at = found.start("n") if "n" in found.groupdict() else found.start()
    start = sentence.clause_start(found.start())
    clause = sentence.text[start : found.end()]
    if _NOT_ABOUT.search(clause):
        return False
    if not is_reported_year(sentence.visible(at), at, sentence.clause_start(at), sentence.year):
        return False
    rest = sentence.text[found.end() : sentence.segment_end(found.end())]
    if re.search(r"其中[^，]{0,12}公开", rest):
        return False
    if _ABOUT.search(clause):
        return True
    if _WORKLOAD.search(sentence.lead(found.start()) + found.group().split("复议")[0]):
        return False
    if any(mention.name.startswith(("recon", "lit", "disputes")) for mention in sentence.mentions):
        return True
    if _ABOUT.search(sentence.text, max(0, found.start() - 30), found.start()):
        return True
    return sentence.topic.requests or sentence.topic.disputes


def _add(sentence: Sentence, name: str, found: re.Match[str]) -> bool:
    (scope, qualifiers), quoted_to = markers(sentence, found.start(), found.end())
    more = [qualifier for qualifier in qualifiers if qualifier != "registered"]
    lead = sentence.lead(found.start())
    if _FILED.search(lead + found.group()):
        more.append("filed_in_year")
    end = sentence.segment_end(found.end())
    if re.search(r"[一二再]审", sentence.text[found.start() : end]):
        more.append("instances_counted")
    if sentence.in_breakdown(found.start()):
        more.append("in_breakdown")
    return sentence.add(
        name, found, scope=scope, qualifiers=more, clause=found.start(), quoted_to=quoted_to
    )


def _find_parts(sentence: Sentence, heads: list[tuple[int, str]]) -> None:
    for index, (start, head) in enumerate(heads):
        limit = heads[index + 1][0] if index + 1 < len(heads) else len(sentence.text)
        end = min(limit, _clause_end(sentence, start))
        side, group = _side(head)
        for pattern in (_PART, _PART_AFTER):
            for found in list(sentence.free_matches(pattern)):
                if not start < found.start() or found.end() > end:
                    continue
                part = next(name for name, _ in _PARTS if found[name])
                name = f"{side}_{part}" if group is None else f"disputes.{group}.{part}"
                lead = sentence.lead(found.start())
                sentence.add(
                    name,
                    found,
                    qualifiers=["remainder"] if re.search(r"其余|剩余|余下", lead) else [],
                    clause=start,
                )
        _mark_unassigned(sentence, start, end)


def _side(head: str) -> tuple[str, str | None]:
    if head == "lit_direct_total":
        return "lit", "litigation_direct"
    if head == "lit_after_total":
        return "lit", "litigation_after_reconsideration"
    return head.partition("_")[0], None


def _clause_end(sentence: Sentence, start: int) -> int:
    """The next ；unless a bare result with its number follows it."""
    end = sentence.segment_end(start)
    while end < len(sentence.text) and sentence.text[end] == "；":
        following = _PART.match(sentence.text, end + 1) or _PART_AFTER.match(sentence.text, end + 1)
        if following is None:
            break
        end = sentence.segment_end(end + 1)
    return end


def _mark_unassigned(sentence: Sentence, start: int, end: int) -> None:
    open_list = re.search(r"\d(?:件|起|宗|例)等", sentence.text[start:end])
    unassigned = any(
        sentence.free(found.start(), found.end())
        for found in _COUNT.finditer(sentence.text, start, end)
    )
    more = (("unassigned_part",) if unassigned else ()) + (("list_open",) if open_list else ())
    if more:
        sentence.mentions[:] = [
            replace(mention, qualifiers=(*mention.qualifiers, *more))
            if mention.clause == start and mention.name.startswith(("recon", "lit", "disputes"))
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
            _add_all(sentence, total, found, "upheld", total.value, "all_upheld")
            reach = sentence.clause_start(total.start)
            reach = reach - 1 if reach else total.start


def _find_none_corrected(sentence: Sentence) -> None:
    totals = [m for m in sentence.mentions if m.name in ("recon_total", "lit_total")]
    for found in sentence.free_matches(_NONE_CORRECTED):
        for total in totals:
            if total.end <= found.start():
                _add_all(sentence, total, found, "corrected", 0, "none_corrected")


def _add_all(
    sentence: Sentence,
    total: Mention,
    found: re.Match[str],
    part: str,
    value: int | float,
    qualifier: str,
) -> None:
    side = total.name.partition("_")[0]
    sentence.take(found.start(), found.end())
    sentence.mentions.append(
        Mention(
            f"{side}_{part}",
            value,
            total.start,
            found.end(),
            total.approximate,
            total.scope,
            (qualifier,),
            total.clause,
        )
    )
