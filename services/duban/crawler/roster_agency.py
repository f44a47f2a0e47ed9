"""One entry of a roster: checked, and turned into an agency."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec

from duban.crawler.roster_entry import LISTS, WAIVED, Entry
from duban.crawler.roster_fault import Fault, holds_invisible, visible
from duban.crawler.roster_field import (
    CHECKS,
    FIELDS,
    REQUIRED,
    YEAR_PATTERN,
    YES_OR_NO,
    is_address,
    is_inner,
)
from duban.domain.agency import Agency

_NAMED_ELSEWHERE = ("parent", "merged_into")  # an id that is not in the roster is told anyhow


class Checker:
    """Turns one entry into an agency and collects what is wrong with it."""

    def __init__(
        self, entry: Entry, base: str | None, faults: list[Fault], *, allow_loopback: bool
    ) -> None:
        self._entry, self._base, self._faults = entry, base, faults
        self._allow_loopback = allow_loopback

    def agency(self) -> Agency | None:
        """The agency, None where something is wrong with it."""
        known, given = len(self._faults), self._entry.values
        for name in sorted(given.keys() - set(FIELDS)):
            self._wrong(
                given[name].line, name, f"不认识的键，可用的有 {'、'.join(FIELDS)}",
                f"unknown key; known are {', '.join(FIELDS)}",
            )  # fmt: skip
        values: dict[str, Any] = {
            name: given[name].given
            for name in FIELDS
            if name in given and given[name].given not in (None, [])
        }
        for name in REQUIRED:
            if name not in values:
                self._wrong(self._entry.line, name, "缺少，必须填写", "is missing")
        for name, value in values.items():
            self._check(name, value, given[name].line)
        return None if len(self._faults) > known else self._made(values)

    def _made(self, values: dict[str, Any]) -> Agency:
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
                self._wrong(line, name, "应为文字的列表，且各项不得为空",
                            "must be a list of texts, none of them empty")  # fmt: skip
                return
            for item in value:
                self._check_text(name, item, line)
        elif not isinstance(value, str):
            self._wrong(line, name, "应为一个值，不是列表或映射", "must be one value")
        else:
            self._check_text(name, value, line)

    def _check_text(self, name: str, text: str, line: int) -> None:
        told = visible(text)
        if name in CHECKS:
            fits, zh, en = CHECKS[name]
            if not fits(text):
                self._wrong(line, name, f"“{told}”不对，应为{zh}", f"“{told}” must be {en}")
                return
        if name == "columns":
            self._check_column(text, line)
        elif name == "hosts":
            self._check_host(text.rpartition(":")[0] or text, text, line)
        elif name not in _NAMED_ELSEWHERE and holds_invisible(text):
            self._wrong(line, name, f"“{told}”含有看不见的字符，请删去",
                        f"“{told}” holds an invisible character; please remove it")  # fmt: skip

    def _check_column(self, text: str, line: int) -> None:
        address, told = urljoin(self._base or "", text), visible(text)
        if not is_address(address):
            self._wrong(
                line, "columns", f"“{told}”不对，应为 http:// 或 https:// 开头的网址"
                "（写相对路径时，须在文件开头给出 site）",
                f"“{told}” must be an address that begins with http:// or https:// (a relative "
                "one needs `site` at the head of the file)",
            )  # fmt: skip
            return
        self._check_host(urlsplit(address).hostname or "", text, line, "columns")

    def _check_host(self, host: str, text: str, line: int, name: str = "hosts") -> None:
        if is_inner(host, allow_loopback=self._allow_loopback):
            self._wrong(
                line, name, f"“{visible(text)}”指向内部网络，不会访问，请写机关网站的公开网址",
                f"“{visible(text)}” lies in the inner network and is never fetched from; please "
                "give the public address",
            )  # fmt: skip

    def _check_waived(self, given: Any, line: int) -> None:
        if not isinstance(given, list):
            self._wrong(line, WAIVED, "应为列表，每项写明 year 和 reason",
                        "must be a list, each item with year and reason")  # fmt: skip
            return
        years: set[str] = set()
        for one in given:
            if not isinstance(one, dict) or set(one) != {"year", "reason"}:
                self._wrong(line, WAIVED, "每项应写明 year 和 reason，且只有这两个键",
                            "each item has year and reason, and nothing else")  # fmt: skip
                continue
            self._check_waiver(str(one["year"]), one["reason"], years, line)
            years.add(str(one["year"]))

    def _check_waiver(self, year: str, reason: Any, before: set[str], line: int) -> None:
        told = visible(year)
        if not re.fullmatch(YEAR_PATTERN, year):
            self._wrong(line, WAIVED, f"“{told}”不对，应为报告年度，如 2023",
                        f"“{told}” must be a year of report, such as 2023")  # fmt: skip
        elif year in before:
            self._wrong(line, WAIVED, f"{year} 年度写了两次，请只保留一个",
                        f"the year {year} stands there twice; please keep one")  # fmt: skip
        if not isinstance(reason, str) or not reason.strip():
            self._wrong(line, WAIVED, f"{told} 年度没有写明不作要求的理由",
                        f"no reason is given for {told}")  # fmt: skip
        elif holds_invisible(reason):
            self._wrong(line, WAIVED, f"{told} 年度的理由含有看不见的字符，请删去",
                        f"the reason for {told} holds an invisible character")  # fmt: skip

    def _wrong(self, line: int, key: str, zh: str, en: str) -> None:
        self._faults.append(Fault(line, key, zh, en))
