"""The roster: which agencies owe a report, and where each posts it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec

from duban.crawler.roster_source import LISTS, Entry, Value, read
from duban.domain.agency import KINDS, Agency
from duban.errors import RosterError

FIELDS: tuple[str, ...] = Agency.__struct_fields__
ID_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
REGION_PATTERN = "^[0-9]{2,12}$"
HOST_PATTERN = r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?$"
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
        if not (isinstance(base, str) and _is_address(base)):
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
        return msgspec.convert({**values, **lists, "columns": columns}, Agency)

    def _check(self, name: str, value: Any, line: int) -> None:
        if name in LISTS:
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
        check = _CHECKS.get(name)
        if check is not None and not check(text):
            self._wrong(line, f"{name}：“{text}”不对，应为{_EXPECTED[name]}")
        if name == "columns" and not _is_address(urljoin(self._base or "", text)):
            self._wrong(
                line, f"columns：“{text}”不对，应为 http:// 或 https:// 开头的网址"
                "（写相对路径时，须在文件开头给出 site）"
            )  # fmt: skip

    def _wrong(self, line: int, what: str) -> None:
        self._faults.append((line, what))


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_name(text: str) -> bool:
    return 2 <= len(text) <= 100 and not re.search(r"\s", text)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


_CHECKS: dict[str, Callable[[str], bool]] = {
    "id": lambda text: re.fullmatch(ID_PATTERN, text) is not None,
    "name": _is_name,
    "kind": lambda text: text in KINDS,
    "region": lambda text: re.fullmatch(REGION_PATTERN, text) is not None,
    "hosts": lambda text: re.fullmatch(HOST_PATTERN, text) is not None,
    "valid_from": _is_date,
    "valid_to": _is_date,
}
_EXPECTED = {
    "id": "字母、数字、点、横线组成的编号，最长 64 位",
    "name": "机关全称，2 至 100 字，中间不留空格",
    "kind": f"以下之一：{'、'.join(KINDS)}",
    "region": "行政区划代码，2 至 12 位数字",
    "hosts": "主机名，不带 http:// 和路径",
    "valid_from": "日期，如 2024-01-31",
    "valid_to": "日期，如 2024-01-31",
}


def _check_together(
    agencies: Sequence[Agency], entries: Sequence[Entry], faults: list[tuple[int, str]]
) -> None:
    """What only shows when all entries are seen: repetitions, parents, the order of dates."""
    lines = {agency.id: entry for agency, entry in zip(agencies, entries, strict=True)}
    ids: set[str] = set()
    names: set[str] = set()
    for agency, entry in zip(agencies, entries, strict=True):
        if agency.id in ids:
            faults.append((_line(entry, "id"), f"id：“{agency.id}”重复，每个机关应有自己的编号"))
        if agency.name in names:
            faults.append((_line(entry, "name"), f"name：“{agency.name}”重复，一个机关只写一次"))
        ids.add(agency.id)
        names.add(agency.name)
        if agency.valid_from and agency.valid_to and agency.valid_to < agency.valid_from:
            faults.append((_line(entry, "valid_to"), "valid_to：早于 valid_from"))
    parents = {agency.id: agency.parent for agency in agencies}
    for agency in agencies:
        line = _line(lines[agency.id], "parent")
        if agency.parent is not None and agency.parent not in parents:
            faults.append((line, f"parent：“{agency.parent}”不在名录中，应为某个机关的 id"))
        elif _returns_to_itself(agency.id, parents):
            faults.append((line, f"parent：“{agency.id}”的上级绕回到它自己"))


def _returns_to_itself(start: str, parents: dict[str, str | None]) -> bool:
    seen: set[str] = set()
    at = parents.get(start)
    while at is not None and at not in seen:
        if at == start:
            return True
        seen.add(at)
        at = parents.get(at)
    return False


def _line(entry: Entry, name: str) -> int:
    return entry.values.get(name, Value(None, entry.line)).line


def roster_schema() -> dict[str, Any]:
    """The JSON Schema of a roster file in YAML form."""
    text = {"type": "string", "minLength": 1}
    day = {"type": "string", "format": "date"}
    properties: dict[str, Any] = {
        "id": {"type": "string", "pattern": ID_PATTERN},
        "name": {"type": "string", "pattern": "^\\S{2,100}$"},
        "kind": {"enum": list(KINDS)},
        "region": {"type": "string", "pattern": REGION_PATTERN},
        "parent": text,
        "short_names": {"type": "array", "items": text},
        "former_names": {"type": "array", "items": text},
        "columns": {"type": "array", "items": text},
        "hosts": {"type": "array", "items": {"type": "string", "pattern": HOST_PATTERN}},
        "valid_from": day,
        "valid_to": day,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "duban.roster/1",
        "description": "Agencies that owe a report. CSV: the same keys as columns, lists by |.",
        "type": "object",
        "properties": {
            "format": {"const": "duban.roster/1"},
            "site": {"type": "string", "pattern": "^https?://"},
            "agencies": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "properties": properties,
                    "required": ["id", "name", "kind"],
                    "additionalProperties": False,
                },
            },
        },
        "required": ["format", "agencies"],
        "additionalProperties": False,
    }
