"""Reads the alerts file of an office; every fault is told with its line, all at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple, get_args

import yaml

from duban.domain.alert import AlertKind
from duban.errors import UsageError
from duban.notifying.plan import Address, Channel, Plan, Route

FORMAT = "duban.alerts/1"
_BIGGEST = 1_000_000  # bytes
_KINDS: tuple[str, ...] = get_args(AlertKind)
_TOP = ("format", "page", "window_minutes", "repeat_days", "most_per_hour", "channels", "routes")
_CHANNEL = ("name", "address", "address_from", "folder")
_ROUTE = ("name", "channel", "jurisdictions", "kinds", "severity", "rules")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class _Fault(NamedTuple):
    line: int
    zh: str
    en: str


class _At(NamedTuple):
    """A value and its line."""

    value: Any
    line: int


def load(path: Path, environment: Mapping[str, str]) -> Plan:
    """The plan in a file; addresses may lie in variables of the environment.

    Raises UsageError that names each line at fault; a secret is never part of it.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"提醒配置 {path} 无法读取（{error.strerror}）。",
            f"The alerts file {path} cannot be read ({error.strerror}).",
        ) from error
    if len(data) > _BIGGEST:
        raise UsageError(f"提醒配置 {path} 太大。", f"The alerts file {path} is too big.")
    faults: list[_Fault] = []
    plan = _Reading(faults, environment, path.parent).plan(_root(data, path))
    if faults or plan is None:
        raise _error(path, faults)
    return plan


def _root(data: bytes, path: Path) -> yaml.Node | None:
    try:
        if any(isinstance(one, yaml.AliasEvent) for one in yaml.parse(data, yaml.SafeLoader)):
            raise UsageError(
                f"提醒配置 {path} 用了别名（*）：请逐项写出。",
                f"The alerts file {path} uses aliases (*): please write each item out.",
            )
        return yaml.compose(data, yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        zh, en = (f"第 {mark.line + 1} 行", f" in line {mark.line + 1}") if mark else ("", "")
        raise UsageError(
            f"提醒配置 {path} {zh}不是有效的 YAML：请检查缩进、冒号后的空格和引号。",
            f"The alerts file {path} is not valid YAML{en}: please check indents and quotes.",
        ) from error


class _Reading:
    """Turns nodes into a plan and collects what is wrong on the way."""

    def __init__(self, faults: list[_Fault], environment: Mapping[str, str], folder: Path) -> None:
        self._faults = faults
        self._environment = environment
        self._folder = folder

    def plan(self, root: yaml.Node | None) -> Plan | None:
        top = self._keys(root, _TOP, 1)
        stated = top.get("format", _At(None, 1))
        if stated.value != FORMAT:
            self._wrong(stated.line, f"format 应为 {FORMAT}", f"format must be {FORMAT}")
        channels = [one for one in map(self._channel, self._list(top, "channels")) if one]
        names = {one.name for one in channels}
        self._once([one.name for one in channels], "channels")
        routes = [self._route(node, names) for node in self._list(top, "routes")]
        self._once([one.name for one in routes if one], "routes")
        window = self._number(top, "window_minutes", 10, 0, 1440)
        repeat = self._number(top, "repeat_days", 7, 0, 366)
        most = self._number(top, "most_per_hour", 6, 1, 1000)
        page = self._text(top, "page") or ""
        if page and not re.match(r"https?://[^\s/]+", page):
            self._wrong(top["page"].line, "page 应是页面的网址", "page must be an address")
        if self._faults:
            return None
        return Plan(
            channels=tuple(channels),
            routes=tuple(one for one in routes if one),
            window=timedelta(minutes=window),
            repeat=timedelta(days=repeat) if repeat else None,
            most=most,
            page=page.rstrip("/"),
        )

    def _channel(self, node: yaml.Node) -> Channel | None:
        keys = self._keys(node, _CHANNEL, _line(node))
        name = self._needed(keys, "name", node)
        address = self._address(keys)
        folder = self._text(keys, "folder")
        given = [key for key in ("address", "address_from", "folder") if key in keys]
        if len(given) != 1:
            self._wrong(
                _line(node),
                "每个渠道要有 address、address_from、folder 三者之一",
                "a channel has one of address, address_from and folder",
            )
            return None
        path = self._folder / folder if folder else None
        return Channel(name=name, address=address, folder=path) if name else None

    def _address(self, keys: dict[str, _At]) -> Address | None:
        url = self._text(keys, "address")
        variable = self._text(keys, "address_from")
        if variable is not None:
            line = keys["address_from"].line
            if not _VARIABLE.fullmatch(variable):
                self._wrong(
                    line,
                    "address_from 应是环境变量的名称，而不是网址本身",
                    "address_from is the name of an environment variable, not the address",
                )
                return None
            url = self._environment.get(variable)
            if not url:
                self._wrong(
                    line, f"环境变量 {variable} 没有设置", f"the variable {variable} is not set"
                )
        if url and "://" not in url:
            line = keys.get("address", keys.get("address_from", _At(None, 1))).line
            self._wrong(
                line,
                "渠道地址应形如 mailtos://…、dingtalk://…",
                "an address looks like mailtos://… or dingtalk://…",
            )
        return Address(url) if url else None

    def _route(self, node: yaml.Node, channels: set[str]) -> Route | None:
        keys = self._keys(node, _ROUTE, _line(node))
        name, channel = self._needed(keys, "name", node), self._needed(keys, "channel", node)
        if channel and channel not in channels:
            self._wrong(
                keys["channel"].line,
                f"没有名为“{channel}”的渠道",
                f"no channel is called {channel}",
            )
        kinds = self._texts(keys, "kinds")
        for one in kinds:
            if one not in _KINDS:
                known = "、".join(_KINDS)
                self._wrong(
                    keys["kinds"].line,
                    f"不认识的 kinds：{one}，可用的有 {known}",
                    f"unknown kind {one}; known are {', '.join(_KINDS)}",
                )
        severity = self._text(keys, "severity") or "warning"
        if severity not in ("error", "warning"):
            self._wrong(
                keys["severity"].line,
                "severity 应为 error（只发错误）或 warning（错误和疑似）",
                "severity is error (errors only) or warning (both)",
            )
        if name is None or channel is None:
            return None
        return Route(
            name=name,
            channel=channel,
            jurisdictions=self._texts(keys, "jurisdictions"),
            kinds=tuple(_kinds(kinds)),
            severity="error" if severity == "error" else "warning",
            rules=self._texts(keys, "rules"),
        )

    def _keys(self, node: yaml.Node | None, known: tuple[str, ...], line: int) -> dict[str, _At]:
        if not isinstance(node, yaml.MappingNode):
            self._wrong(line, "应为“键: 值”的形式", "must be of the form “key: value”")
            return {}
        found: dict[str, _At] = {}
        for key, value in node.value:
            name, at = str(key.value), key.start_mark.line + 1
            if name not in known:
                self._wrong(
                    at,
                    f"不认识的键 {name[:40]}，可用的有 {'、'.join(known)}",
                    f"unknown key {name[:40]}; known are {', '.join(known)}",
                )
            elif name in found:
                self._wrong(at, f"键 {name} 重复", f"the key {name} comes twice")
            else:
                found[name] = _At(value.value if _is_text(value) else value, at)
        return found

    def _list(self, keys: dict[str, _At], name: str) -> list[yaml.Node]:
        at = keys.get(name, _At(None, 1))
        if not isinstance(at.value, yaml.SequenceNode) or not at.value.value:
            self._wrong(at.line, f"{name} 应为非空列表", f"{name} must be a list that is not empty")
            return []
        nodes: list[yaml.Node] = at.value.value
        return nodes

    def _texts(self, keys: dict[str, _At], name: str) -> tuple[str, ...]:
        at = keys.get(name)
        if at is None:
            return ()
        if isinstance(at.value, str):
            return (at.value,)
        nodes = at.value.value if isinstance(at.value, yaml.SequenceNode) else [at.value]
        if not all(map(_is_text, nodes)):
            self._wrong(at.line, f"{name} 应为文字的列表", f"{name} must be a list of texts")
            return ()
        return tuple(str(one.value) for one in nodes)

    def _text(self, keys: dict[str, _At], name: str) -> str | None:
        at = keys.get(name)
        if at is None:
            return None
        if not isinstance(at.value, str) or not at.value.strip():
            self._wrong(at.line, f"{name} 应为文字", f"{name} must be a text")
            return None
        return at.value.strip()

    def _needed(self, keys: dict[str, _At], name: str, node: yaml.Node) -> str | None:
        if name not in keys:
            self._wrong(_line(node), f"缺少 {name}", f"{name} is missing")
        return self._text(keys, name)

    def _number(self, keys: dict[str, _At], name: str, usual: int, least: int, most: int) -> int:
        at = keys.get(name)
        if at is None:
            return usual
        text = at.value if isinstance(at.value, str) else ""
        if not text.isascii() or not text.isdigit() or not least <= int(text[:9]) <= most:
            self._wrong(
                at.line,
                f"{name} 应为 {least} 到 {most} 的整数",
                f"{name} must be a whole number from {least} to {most}",
            )
            return usual
        return int(text)

    def _once(self, names: list[str], where: str) -> None:
        for name in sorted({one for one in names if names.count(one) > 1}):
            self._wrong(1, f"{where} 中“{name}”重名", f"{where}: the name {name} comes twice")

    def _wrong(self, line: int, zh: str, en: str) -> None:
        self._faults.append(_Fault(line, zh, en))


def _kinds(names: tuple[str, ...]) -> Iterator[AlertKind]:
    for kind in get_args(AlertKind):
        if kind in names:
            yield kind


def _is_text(node: object) -> bool:
    return isinstance(node, yaml.ScalarNode)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _error(path: Path, faults: list[_Fault]) -> UsageError:
    ordered = sorted(faults)
    zh = [f"提醒配置 {path} 有 {len(ordered)} 处错误："]
    en = [f"The alerts file {path} has faults ({len(ordered)}):"]
    for one in ordered:
        zh.append(f"  第 {one.line} 行：{one.zh}。")
        en.append(f"  line {one.line}: {one.en}.")
    return UsageError("\n".join(zh), "\n".join(en))
