"""The roster: which agencies owe a report, and where each posts it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import msgspec

from duban.crawler.roster_field import (
    CHECKS,
    FIELDS,
    YEAR_PATTERN,
    YES_OR_NO,
    is_address,
    roster_schema,
)
from duban.crawler.roster_source import LISTS, WAIVED, Entry, Value, read
from duban.domain.agency import Agency
from duban.errors import RosterError

__all__ = ["load", "roster_schema"]

_SHOWN = 20  # faults told at once


def load(path: Path, site: str | None = None) -> tuple[Agency, ...]:
    """The agencies of a roster file, in its order.

    `site` is the address that relative columns belong to, instead of the file's own `site`.
    Raises RosterError that names line, key and what is expected, for up to 20 faults at once.
    """
    source = read(path)
    faults: list[tuple[int, str]] = []
    base = site
    if base is None and source.site is not None:
        base = source.site.given
        if not (isinstance(base, str) and is_address(base)):
            faults.append((source.site.line, "site：应为 http:// 或 https:// 开头的网址"))
            base = None
    checked = [_Checker(entry, base, faults).agency() for entry in source.entries]
    agencies = tuple(agency for agency in checked if agency is not None)
    if not source.entries:
        faults.append((1, "没有一个机关：请至少写入一个"))
    if len(agencies) == len(source.entries):
        _check_together(agencies, source.entries, faults)
    if faults:
        raise RosterError(_told(path, faults))
    return agencies


def _told(path: Path, faults: list[tuple[int, str]]) -> str:
    faults.sort(key=lambda fault: fault[0])
    lines = [f"  第 {line} 行 {what}。" for line, what in faults[:_SHOWN]]
    if len(faults) > _SHOWN:
        lines.append(f"  另有 {len(faults) - _SHOWN} 处。")
    return "\n".join([f"名录 {path} 有 {len(faults)} 处错误，请改正后重试：", *lines])


class _Checker:
    """Turns one entry into an agency and collects what is wrong with it."""

    def __init__(self, entry: Entry, base: str | None, faults: list[tuple[int, str]]) -> None:
        self._entry, self._base, self._faults = entry, base, faults
        self._count = len(faults)

    def agency(self) -> Agency | None:
        given = self._entry.values
        for name in sorted(given.keys() - set(FIELDS)):
            self._wrong(given[name].line, f"{name}：不认识的键，可用的有 {'、'.join(FIELDS)}")
        values: dict[str, Any] = {
            name: given[name].given
            for name in FIELDS
            if name in given and given[name].given not in (None, [])
        }
        for name in ("id", "name", "kind"):
            if name not in values:
                self._wrong(self._entry.line, f"{name}：缺少，必须填写")
        for name, value in values.items():
            self._check(name, value, given[name].line)
        if len(self._faults) > self._count:
            return None
        columns = tuple(urljoin(self._base or "", text) for text in values.get("columns", ()))
        lists = {name: tuple(values[name]) for name in LISTS if name in values}
        waived = [{**one, "year": int(one["year"])} for one in values.get(WAIVED, ())]
        has_power = YES_OR_NO[str(values.get("has_rule_power", "false")).lower()]
        others = {"columns": columns, WAIVED: waived, "has_rule_power": has_power}
        return msgspec.convert({**values, **lists, **others}, Agency)

    def _check(self, name: str, value: Any, line: int) -> None:
        if name == WAIVED:
            self._check_waived(value, line)
        elif name in LISTS:
            if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
                self._wrong(line, f"{name}：应为文字的列表，且各项不得为空")
                return
            for item in value:
                self._check_text(name, item, line)
        elif not isinstance(value, str):
            self._wrong(line, f"{name}：应为一个值，不是列表或映射")
        else:
            self._check_text(name, value, line)

    def _check_text(self, name: str, text: str, line: int) -> None:
        if name in CHECKS:
            fits, expected = CHECKS[name]
            if not fits(text):
                self._wrong(line, f"{name}：“{text}”不对，应为{expected}")
        if name == "columns" and not is_address(urljoin(self._base or "", text)):
            self._wrong(
                line, f"columns：“{text}”不对，应为 http:// 或 https:// 开头的网址"
                "（写相对路径时，须在文件开头给出 site）"
            )  # fmt: skip

    def _check_waived(self, given: Any, line: int) -> None:
        if not isinstance(given, list):
            self._wrong(line, "waived：应为列表，每项写明 year 和 reason")
            return
        years: set[str] = set()
        for one in given:
            if not isinstance(one, dict) or set(one) != {"year", "reason"}:
                self._wrong(line, "waived：每项应写明 year 和 reason，且只有这两个键")
                continue
            year, reason = str(one["year"]), one["reason"]
            if not re.fullmatch(YEAR_PATTERN, year):
                self._wrong(line, f"waived：“{year}”不对，应为报告年度，如 2023")
            elif year in years:
                self._wrong(line, f"waived：{year} 年度写了两次，请只保留一个")
            if not isinstance(reason, str) or not reason.strip():
                self._wrong(line, f"waived：{year} 年度没有写明不作要求的理由")
            years.add(year)

    def _wrong(self, line: int, what: str) -> None:
        self._faults.append((line, what))


def _check_together(
    agencies: Sequence[Agency], entries: Sequence[Entry], faults: list[tuple[int, str]]
) -> None:
    """What only shows when all entries are seen: repetitions, circles, the order of dates."""
    first: dict[tuple[str, str], int] = {}
    for agency, entry in zip(agencies, entries, strict=True):
        for key in ("id", "name"):
            value, line = getattr(agency, key), _line(entry, key)
            before = first.setdefault((key, value), line)
            if before != line:
                faults.append((line, f"{key}：“{value}”重复（第 {before} 行已有），{_ONCE[key]}"))
        _check_life(agency, entry, faults)
    for key, kin in (("parent", "上级"), ("merged_into", "并入的机关")):
        above = {agency.id: getattr(agency, key) for agency in agencies}
        for agency, entry in zip(agencies, entries, strict=True):
            line, other = _line(entry, key), getattr(agency, key)
            if other is not None and other not in above:
                faults.append((line, f"{key}：“{other}”不在名录中，应为某个机关的 id"))
            elif _returns_to_itself(agency.id, above):
                faults.append((line, f"{key}：“{agency.id}”的{kin}绕回到它自己"))


_ONCE = {"id": "每个机关应有自己的编号", "name": "一个机关只写一次"}


def _check_life(agency: Agency, entry: Entry, faults: list[tuple[int, str]]) -> None:
    begins, ends = agency.valid_from, agency.valid_to
    if begins and ends and ends < begins:
        line = _line(entry, "valid_to")
        faults.append((line, f"valid_to：{ends} 早于 valid_from（{begins}），应为存续的最后一天"))
    if agency.merged_into and not ends:
        line = _line(entry, "merged_into")
        faults.append((line, "merged_into：写了并入的机关，就应以 valid_to 写明存续的最后一天"))


def _returns_to_itself(start: str, above: Mapping[str, str | None]) -> bool:
    seen: set[str] = set()
    at = above.get(start)
    while at is not None and at not in seen:
        if at == start:
            return True
        seen.add(at)
        at = above.get(at)
    return False


def _line(entry: Entry, name: str) -> int:
    return entry.values.get(name, Value(None, entry.line)).line
