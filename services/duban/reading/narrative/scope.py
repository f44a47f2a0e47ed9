"""Markers of what a number counts: wider or narrower than the agency that reports."""

from __future__ import annotations

import re

from duban.reading.narrative.mention import Sentence

_SUBJECT = re.compile(
    r"(?P<own_office>(?:[市区县州盟省]|自治区)?(?:人民)?政府办公?[厅室]?(?=代表|本级|机关|本?年|[共新收受接办登全累因被未答承于])"
    r"|(?:[市区县州盟省镇乡]|政府|机关|单位|局)?本级|本机关(?!不掌握|没有|未)|[本我]办(?!法|理|事)(?:公室)?"
    r"|代表(?:[市区县州省镇]|本)?(?:人民)?政府)"
    r"|(?P<region_wide>全(?:[市区县州盟旗省镇乡]|自治[区州县]|系统|街道)(?:[^，。；：（）\d]{0,3}系统)?"
    r"|各(?:级|部门|单位|公开机构|县区|区县|镇街|街镇|乡镇|镇办)|所属(?:单位|部门))"
    r"|(?P<assisted>协办|协助办理|协助答复)"
    r"|(?P<registered>登记|备案|立案)"
)
_HOLDS = re.compile(
    r"(?P<excluding>不含|不包[括含]|除外|剔除|扣除)|(?P<including>含|包[括含]|连同)"
)
_CARRIED = re.compile(r"结转|转结|顺延|上一?年|去年|20\d\d年")
_CARRIED_PART = re.compile(
    r"[，（](?:其中|含|包括)[^。；]{0,30}?(?:上一?年度?|去年|年初|20\d\d年度?)[^，。；）]{0,6}(?:结转|转结|转|顺延)"
)
_BRACKET = re.compile(r"（([^（）]{1,40})）")
_BRACKET_BEFORE = re.compile(r"(?<![件份宗起例])（([^（），；。]{1,24})）")
_INCLUSION_AFTER = re.compile(r"，((?:其中)?(?:不?含|不?包[括含])[^，。；：]{1,24})")

Marked = tuple[tuple[str, ...], tuple[str, ...]]


def markers(sentence: Sentence, start: int, end: int) -> tuple[Marked, int]:
    """Scope words and their qualifiers for the number in `start` to `end`.

    Looks in the clause up to the number, its brackets included, in the bracket directly after it
    and in a following clause that begins with 含 or 不含. Also gives the end of the number with
    its bracket.
    """
    words: dict[str, str] = {}
    clause = sentence.text[sentence.clause_start(start) : end]
    for found in _SUBJECT.finditer(clause):
        words[found.group()] = str(found.lastgroup)
    reach = end
    bracket = _BRACKET.match(sentence.text, end)
    after = bracket or _INCLUSION_AFTER.match(sentence.text, end)
    inserted = re.search(r"（([^（）]{1,24})）", sentence.text[start:end])
    before = _BRACKET_BEFORE.finditer(clause[: start - end])
    for note in (after, inserted, *before):
        if note is None:
            continue
        marked = _note(note[1])
        words.update(marked)
        if note is bracket and marked:
            reach = bracket.end()
    classes = dict.fromkeys(words.values())
    if _CARRIED_PART.match(sentence.text, end):
        classes["carried_included"] = None
    return (tuple(words), tuple(classes)), reach


def _note(text: str) -> dict[str, str]:
    for found in _SUBJECT.finditer(text):
        if found.lastgroup == "assisted":
            return {text: "assisted"}
    held = _HOLDS.search(text)
    if held is None:
        return {}
    if held.lastgroup == "including" and _CARRIED.search(text):
        return {}
    return {text: str(held.lastgroup)}
