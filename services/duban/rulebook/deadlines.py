"""Reads rules/deadlines: the terms of the law and of local notices, as reviewed data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from duban.domain.agency import Kind
from duban.domain.json_schema import schema_of
from duban.errors import RuleError
from duban.rulebook.almanac import Almanac, Deadline
from duban.rulebook.rule import Words
from duban.rulebook.shape import value_of
from duban.rulebook.source import read

FOLDER = "deadlines"
NAME = "calendar.yaml"
_YEARS = re.compile(r"(\d{4})(\+|-(\d{4}))?")
_COMMON_YEAR = 2023  # 29 February is no last day: most years have none


class Heading(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """calendar.yaml: what holds for every deadline; days are counted from the last day."""

    version: str
    opens: str
    reminders: tuple[int, ...]
    lenient_days: int


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Any other file: a term. One with a `region` is local: it says who set it, why, until when."""

    title: Words
    kinds: tuple[Kind, ...]
    years: str
    due: str
    grave_after: str | None = None
    basis: str
    text: Words
    region: str = ""
    author: str | None = None
    reason: str | None = None
    until: str | None = None


def load(directory: Path, days_off: Callable[[int], Mapping[int, tuple[str, ...]]]) -> Almanac:
    """The almanac of a rules folder; `days_off` gives the days not worked from a year on, by year.

    Raises RuleError that names file, key and what is expected.
    """
    folder = directory / FOLDER
    name = f"{FOLDER}/{NAME}"
    heading = value_of(read(folder / NAME, directory)[1], Heading, name)
    _check_heading(heading, name)
    deadlines: dict[str, Deadline] = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.name != NAME:
            name = f"{FOLDER}/{path.name}"
            deadlines[name] = _deadline(value_of(read(path, directory)[1], Entry, name), name)
    if not deadlines:
        raise RuleError(f"{FOLDER}：没有一个期限：请从版本库恢复 rules/{FOLDER} 目录。")
    _check_together(deadlines)
    first_year = min(one.first_year for one in deadlines.values())
    return Almanac(
        version=heading.version,
        opens=heading.opens,
        reminders=tuple(sorted(heading.reminders, reverse=True)),
        lenient_days=heading.lenient_days,
        deadlines=tuple(deadlines.values()),
        days_off=dict(days_off(first_year + 1)),
    )


def schema() -> dict[str, Any]:
    """schemas/deadline.v1.json: the outer shape of a file of a deadline as JSON Schema."""
    inner, components = schema_of(Entry)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "deadline.v1.json",
        "title": "One deadline (rules/deadlines/*.yaml, beside calendar.yaml)",
        **inner,
        "$defs": dict(sorted(components.items())),
    }


def _check_heading(heading: Heading, name: str) -> None:
    _month_day(heading.opens, name, "opens")
    if not heading.reminders or min(heading.reminders) < 1:
        raise _wrong(name, "reminders", list(heading.reminders), "至少一个天数，各不小于 1")
    if heading.lenient_days < 0:
        raise _wrong(name, "lenient_days", heading.lenient_days, "不小于 0 的天数")


def _deadline(entry: Entry, name: str) -> Deadline:
    first, last = _years(entry.years, name)
    if not entry.kinds:
        raise _wrong(name, "kinds", [], "至少一种机关")
    due = _month_day(entry.due, name, "due")
    grave = entry.grave_after
    if grave is not None and _month_day(grave, name, "grave_after") < due:
        raise _wrong(name, "grave_after", grave, f"不早于 due（{due}）的月日")
    if entry.region:
        _check_local(entry, name)
    elif grave is None:
        raise _wrong(name, "grave_after", None, "全国适用的期限须写明，部门与 due 相同")
    elif (entry.author, entry.reason, entry.until) != (None, None, None):
        raise _wrong(name, "region", "", "行政区划代码：author、reason、until 只用于地方通知")
    return Deadline(
        kinds=entry.kinds,
        first_year=first,
        last_year=last,
        due=due,
        grave_after=grave,
        basis=entry.basis,
        region=entry.region,
        until=entry.until,
    )


def _check_local(entry: Entry, name: str) -> None:
    if not re.fullmatch(r"\d{2,12}", entry.region):
        raise _wrong(name, "region", entry.region, "行政区划代码的开头若干位，2 至 12 位数字")
    for key in ("author", "reason"):
        if not getattr(entry, key):
            raise _wrong(name, key, getattr(entry, key), "地方通知须写明由谁写入、依据什么")
    try:
        date.fromisoformat(entry.until or "")
    except ValueError as error:
        raise _wrong(
            name, "until", entry.until, "地方通知须写明适用到哪一天，如 2027-12-31"
        ) from error


def _check_together(deadlines: Mapping[str, Deadline]) -> None:
    """No two terms may have an equal claim, and a local one needs the one it is narrower than."""
    national = [one for one in deadlines.values() if not one.region]
    for name, one in deadlines.items():
        for kind in one.kinds:
            above = [b for b in national if kind in b.kinds and b.first_year <= one.first_year]
            if one.region and not above:
                raise _wrong(name, "kinds", kind, "全国期限中已有的机关种类和年度")
            latest = max((b.grave_after or "" for b in above), default="")
            if one.region and (one.grave_after or one.due) > latest:
                raise _wrong(name, "due", one.due, f"地方通知不得晚于全国期限（{latest}）")
    ranked = sorted(deadlines.items(), key=lambda item: item[1].rank)
    for (name, one), (other, next_) in _pairs(ranked):
        if (
            one.rank == next_.rank
            and one.region == next_.region
            and set(one.kinds) & set(next_.kinds)
        ):
            both = "、".join(sorted(set(one.kinds) & set(next_.kinds)))
            raise RuleError(
                f"{other}：与 {name} 对 {both} 同样适用：请改 years、kinds 或 region，只留一个。"
            )


def _pairs(
    ranked: list[tuple[str, Deadline]],
) -> Iterator[tuple[tuple[str, Deadline], tuple[str, Deadline]]]:
    for at, one in enumerate(ranked):
        for other in ranked[at + 1 :]:
            if other[1].rank != one[1].rank:
                break
            yield one, other


def _years(text: str, name: str) -> tuple[int, int | None]:
    found = _YEARS.fullmatch(text)
    first = int(found[1]) if found else 0
    last = None if found and found[2] == "+" else int(found[3] or found[1]) if found else 0
    if not found or (last is not None and last < first):
        raise _wrong(name, "years", text, "报告年度，如 2019+、2021、2021-2023")
    return first, last


def _month_day(text: str, name: str, key: str) -> str:
    try:
        day = date.fromisoformat(f"{_COMMON_YEAR}-{text}")
    except ValueError as error:
        raise _wrong(name, key, text, "报告年度次年的月日，如 01-31") from error
    if day.isoformat()[5:] != text:
        raise _wrong(name, key, text, "报告年度次年的月日，如 01-31")
    return text


def _wrong(name: str, key: str, value: Any, expected: str) -> RuleError:
    return RuleError(f"{name}：$.{key} 的值 {value!r} 无效，应为{expected}。")
