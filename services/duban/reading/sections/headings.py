"""Lines that may open a part: the whole line must be the heading (reference 3.12.1)."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from duban.domain.report import OrdinalStyle
from duban.reading.flow import Item, Line
from duban.reading.tables.labels import Normal, is_row_label

LONGEST = 40
_PATTERNS = (
    r"(?:\d{4}年度?)?(?:政府信息公开)?(?:工作)?(?:总体|基本)情况|概述",
    r"(?:行政机关|本机关)?(?:主动公开政府信息|政府信息主动公开)的?(?:情况)?",
    r"(?:行政机关|本机关)?(?:收到[和及])?处理政府信息公开申请的?(?:情况)?"
    r"|(?:政府信息)?依申请公开(?:政府信息)?的?(?:工作)?情况",
    r"因?政府信息公开(?:工作|申请)?(?:被申请|引起的|引发的)?(?:行政)?复议(?:情况)?[、和及与]*"
    r"被?(?:提起)?行政诉讼的?(?:情况)?",
    r"(?:政府信息公开工作|工作)?中?存在的?(?:主要)?(?:问题|不足)(?:和|及|与|、|以及)(?:下一步)?的?"
    r"(?:改进|整改|改善|解决|下一步|工作).{0,8}|(?:主要)?问题(?:和|及|与)改进(?:情况|措施)",
    r"(?:其他|其它)?(?:需要|需)?(?:报告|说明)的?(?:其他|其它)?的?事项",
)
_PARTS = tuple(re.compile(pattern) for pattern in _PATTERNS)
_INLINE = rf"[一二三四五六]、\s*(?:{'|'.join(_PATTERNS)})"
_ORDINALS: tuple[tuple[OrdinalStyle, re.Pattern[str]], ...] = (
    ("一、", re.compile(r"([一二三四五六七八九十]{1,3})[、.,:]")),
    ("（一）", re.compile(r"\(([一二三四五六七八九十]{1,3})\)[、.]?")),
    ("1、", re.compile(r"(\d{1,2})、")),
    ("1.", re.compile(r"(\d{1,2})\.(?!\d)")),
    ("other", re.compile(r"第([一二三四五六七八九十\d]{1,3})(?:部分|章|节)[、:]?")),
    ("other", re.compile(r"\((\d{1,2})\)")),
)
_BARE = re.compile(r"[一二三四五六](?=[总基主收行本政因存工其需概])")
_DIGITS = {digit: value for value, digit in enumerate("一二三四五六七八九", 1)}
_PAGE = re.compile(r"[.…·・_—-]*\(?\d{1,3}\)?$")
_ENDS_SENTENCE = re.compile(r"[。！？；：:;.!?”」）)》…]$")


class Candidate(NamedTuple):
    """A line that reads like a heading; `rest` is its normalised text without the ordinal."""

    place: int
    line: Line
    part: int | None
    ordinal: int | None
    style: OrdinalStyle | None
    rest: str


def part_of(rest: str) -> int | None:
    """The part whose heading a normalised text without ordinal is, in full."""
    return next((k for k, pattern in enumerate(_PARTS, 1) if pattern.fullmatch(rest)), None)


def ordinal_of(text: str) -> tuple[int | None, OrdinalStyle | None, str]:
    """Number, style and remainder of a normalised line."""
    for style, pattern in _ORDINALS:
        if match := pattern.match(text):
            return number(match[1]), style, text[match.end() :]
    if (match := _BARE.match(text)) and part_of(text[1:]):
        return number(match[0]), "other", text[1:]
    return None, None, text


def number(text: str) -> int | None:
    """A count of at most two digits, Arabic or Chinese."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS.get(text)
    return 10 * _DIGITS.get(tens, 1) + _DIGITS.get(ones, 0)


def candidates(items: Sequence[Item], normal: Normal) -> list[Candidate]:
    """Every line that may be a heading of the first level, in order."""
    found: list[Candidate] = []
    before: Line | None = None
    for index, item in enumerate(items):
        if not isinstance(item, Line):
            before = None
            continue
        candidate = _candidate(index, item, normal)
        if candidate and not (candidate.style is None and _continues(before, item)):
            found.append(candidate)
        before = item
    return found


def _candidate(index: int, line: Line, normal: Normal) -> Candidate | None:
    if len(line.text) > 2 * LONGEST:
        return None
    text = normal(line.text)
    if len(text) > LONGEST:
        return None
    ordinal, style, rest = ordinal_of(text)
    if ordinal is None and line.numbering:
        ordinal, style, _ = ordinal_of(normal(line.numbering))
    rest = rest.rstrip(":。.")
    if not rest or any(mark in rest for mark in "。;"):
        return None
    part = part_of(rest) or part_of(_PAGE.sub("", rest))
    if part is None and (style != "一、" or rest[-1] in ",!?" or _is_row(rest)):
        return None
    return Candidate(index, line, part, ordinal, style, rest)


def _is_row(text: str) -> bool:
    """Whether a line is a row of table 3, alone or with its numbers, that lost its borders."""
    return is_row_label(text) or is_row_label(re.sub(r"[0-9]+", "", text))


def _continues(before: Line | None, line: Line) -> bool:
    """Whether a line without ordinal is the end of the long line before it, wrapped."""
    if before is None or line.level is not None or before.level is not None:
        return False
    wrapped = len(before.text) >= 20 and re.search("[，,、；。]", before.text)
    return bool(wrapped) and not _ENDS_SENTENCE.search(before.text)


def cut_leading(text: str, missing: Collection[int]) -> list[str]:
    """A paragraph cut behind the numbered heading of a missing part that it begins with."""
    head = re.match(rf"({_INLINE})[\s：:]+(?=\S)", text)
    if head is None:
        return [text]
    ordinal, _, rest = ordinal_of(head[1])
    own = ordinal in missing and part_of(rest.strip()) == ordinal
    return [head[1], text[head.end() :]] if own else [text]


def cut_inline(text: str) -> list[str]:
    """A paragraph cut before and after headings that stand inside it (reference 3.12.1(4))."""
    start = rf"(?:(?<=^)|(?<=[。：:\s]))(?={_INLINE}(?:[\s。：:]|$))"
    pieces: list[str] = []
    for piece in re.split(start, text):
        head = re.match(rf"({_INLINE})(?:[\s。：:]+|$)", piece)
        pieces += [head[1], piece[head.end() :]] if head else [piece]
    return [piece.strip() for piece in pieces if piece.strip()]
