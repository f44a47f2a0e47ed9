"""The labels of the form, matched after normalisation: rows, groups and columns of each table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from duban.domain.form import (
    COLUMNS,
    DISCLOSURE_2019,
    DISCLOSURE_2021,
    DISPUTE_COLUMNS,
    ROWS_2019,
    ROWS_2021,
)
from duban.domain.text import normal

Normal = Callable[[str], str]
"""`domain.text.normal`, remembered within one document."""

SUBTOTAL = "subtotal"
ALTERED = 0.75
_MARGIN = 0.08
_SHORTEST_ALTERED = 4
_LONGEST_ALTERED = 60
_ORDINAL = re.compile(
    r"(?:[一二三四五六七八九十]+[、.,]|\([一二三四五六七八九十0-9]+\)、?|[0-9]+[.、,])+"
    r"|[1-8](?=[\u4e00-\u9fff]{2})"  # ① in normal form
)
_PUNCTUATION = re.compile(r"[、,.。;:()\-—·/]")
_NOTE = re.compile(r"\(.*$", re.DOTALL)


@lru_cache(maxsize=4096)  # every report prints the same hundred labels
def core(text: str) -> str:
    """A normalised label without ordinal, bracketed note and punctuation; 其它 is 其他."""
    text = text.replace("其它", "其他")
    ordinal = _ORDINAL.match(text)
    if ordinal:
        text = text[ordinal.end() :]
    if "(" in text:
        text = _NOTE.sub("", text) or text
    return _PUNCTUATION.sub("", text)


_CHANGES_PLAIN = {"本年增减": "items_change", "增减": "items_change"}
OTHER_ROW = "results.other.total"
OTHER_LEAF = "results.other.other"
OTHER_GROUP = "其他处理"
_RESULTS = "本年度办理结果"
GROUPS = ("不予公开", "无法提供", "不予处理", OTHER_GROUP)
_PREFIXES = (_RESULTS, "年度办理结果", *GROUPS)
ROWS: Mapping[str, str] = {
    **{
        core(normal(row.label)): row.field
        for row in (*ROWS_2019, *ROWS_2021)
        if row.field not in (OTHER_LEAF, OTHER_ROW)
    },
    "合计": "results.total",
}
_KEYWORDS = (
    (re.compile(r"(申请人)?(无正当理由)?逾期不补正.*"), "results.other.overdue_correction"),
    (re.compile(r"(申请人)?逾期(未|不).*(缴|交)(纳)?.*费.*"), "results.other.overdue_fee"),
)
APPLICANT_COLUMNS: Mapping[str, str] = {
    **{core(normal(label)): field for field, label in COLUMNS},
    "合计": "total",
    "小计": SUBTOTAL,
}
ORGANISATIONS = "法人或其他组织"
APPLICANTS_HEAD = "申请人情况"
OUTCOMES: Mapping[str, str] = {core(normal(label)): field for field, label in DISPUTE_COLUMNS} | {
    "合计": "total"
}
DISPUTE_HEADS: Mapping[str, str] = {
    "行政复议": "reconsideration",
    "未经复议直接起诉": "litigation_direct",
    "复议后起诉": "litigation_after_reconsideration",
}
LITIGATION = "行政诉讼"
DISCLOSURE_ROWS: Mapping[str, str] = {
    core(normal(row.label)): row.field
    for table in (*DISCLOSURE_2019, *DISCLOSURE_2021)
    for row in table.rows
}
DISCLOSURE_COLUMNS: Mapping[str, str] = {
    core(normal(column.label)): column.field
    for table in (*DISCLOSURE_2019, *DISCLOSURE_2021)
    for column in table.columns
} | _CHANGES_PLAIN
CONTENT = "信息内容"
REMARKS = ("备注", "说明")
CAPTION = re.compile(r"第?二十条第?\(?[一二三四五六七八九]\)?项.*")
BALANCE = "勾稽关系"


class RowLabel(NamedTuple):
    """What a row's label cells say: a field of the form, the group, and the printed words."""

    field: str | None
    group: str | None
    leaf: str
    known: bool


def is_row_label(text: str) -> bool:
    """Whether a normalised line is a row of table 3, torn out of its table."""
    return peel(text)[0] is not None or core(text) in ROWS or core(text) == _RESULTS


def peel(text: str) -> tuple[str | None, str]:
    """Group and leaf of a normalised label that may be glued to its parents."""
    text = text.replace("其它", "其他")
    group = None
    numbered = ""
    while text:
        ordinal = _ORDINAL.match(text)
        rest = text[ordinal.end() :] if ordinal else text
        numbered = ordinal.group() if ordinal else numbered
        if not rest.startswith(_PREFIXES):
            return group, text
        prefix = next(word for word in _PREFIXES if rest.startswith(word))
        group = prefix if prefix in GROUPS else group
        text, numbered = rest[len(prefix) :], ""
    return group, numbered


def row_label(parts: Iterable[str], context: str | None) -> RowLabel:
    """The row named by normalised label cells from left to right; `context` is the group above.

    The last label decides: a word the form does not know makes the row one it does not know.
    """
    field, group, leaf, known = None, None, "", False
    for part in parts:
        found, rest = peel(part)
        group = found or group
        known = known or found is not None or _RESULTS in part
        if rest:
            leaf = rest
            field = _leaf_field(rest, group or context)
            known = known or field is not None
    if not leaf and group == OTHER_GROUP:
        field = OTHER_ROW
    return RowLabel(field, group, leaf, known)


def _leaf_field(text: str, group: str | None) -> str | None:
    word = core(text)
    if word == "其他":
        return OTHER_LEAF if group == OTHER_GROUP else None
    found = ROWS.get(word)
    if found:
        return found
    return next((field for pattern, field in _KEYWORDS if pattern.fullmatch(word)), None)


def closest(text: str, labels: Mapping[str, str], taken: Iterable[str] = ()) -> str | None:
    """The field whose label was altered into `text`: one clearly nearest label, or None.

    A word with digits may be a label and a value in one cell, so it is never taken.
    """
    word = core(text)
    if not _SHORTEST_ALTERED <= len(word) <= _LONGEST_ALTERED or any(
        character.isdecimal() for character in word
    ):
        return None
    scores: dict[str, float] = {}
    for label, field in labels.items():
        scores[field] = max(scores.get(field, 0.0), similarity(word, label))
    ranked = sorted(scores.items(), key=lambda item: -item[1])[:2]
    best, score = ranked[0]
    if score < ALTERED or best in set(taken) or score - ranked[1][1] < _MARGIN:
        return None
    return best


def similarity(first: str, second: str) -> float:
    """Twice the longest common subsequence over both lengths (field reference 3.12.9)."""
    if not first or not second:
        return 0.0
    lengths = [0] * (len(second) + 1)
    for character in first:
        diagonal = 0
        for index, other in enumerate(second, 1):
            above = lengths[index]
            lengths[index] = diagonal + 1 if character == other else max(above, lengths[index - 1])
            diagonal = above
    return 2 * lengths[-1] / (len(first) + len(second))
