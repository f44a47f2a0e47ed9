"""A roster in YAML form, read event by event: without depth and aliases no file grows in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from duban.crawler.roster_entry import Entry, Source, Value
from duban.crawler.roster_fault import Fault, unusable, visible

FORMAT = "duban.roster/1"
_TOP = ("format", "site", "agencies")
_DEEPEST = 8


class _Node(NamedTuple):
    """A text (or None), a list of nodes, or a list of pairs, with its line."""

    kind: str
    value: Any
    line: int


class _RefusedError(Exception):
    def __init__(self, line: int, zh: str, en: str) -> None:
        self.fault = Fault(line, "", zh, en)


def yaml_source(text: str, path: Path) -> Source:
    """The entries of a YAML text, with every fault of its form; RosterError where it is none."""
    faults: list[Fault] = []
    try:
        root = _root(yaml.parse(text, Loader=yaml.CSafeLoader))
    except _RefusedError as error:
        return Source([], None, [error.fault])
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        zh, en = (f"第 {mark.line + 1} 行", f" in line {mark.line + 1}") if mark else ("", "")
        raise unusable(
            path,
            f"{zh}不是有效的 YAML：请检查缩进、冒号后的空格和引号",
            f"is not valid YAML{en}: please check indents, the space after each colon, and quotes",
        ) from error
    if root is None or root.kind != "mapping":
        return Source([], None, [_wrong_format(1, None)])
    top = _keys(root, faults)
    for name in top.keys() - set(_TOP):
        line = top[name][0]
        faults.append(
            Fault(line, "", f"不认识的键 {visible(name)}，可用的有 {'、'.join(_TOP)}",
                  f"unknown key {visible(name)}; known are {', '.join(_TOP)}")
        )  # fmt: skip
    _check_format(top, faults)
    site = top.get("site")
    return Source(
        list(_entries(top.get("agencies"), faults)),
        Value(_plain(site[1]), site[0]) if site else None,
        faults,
    )


def _check_format(top: dict[str, tuple[int, _Node]], faults: list[Fault]) -> None:
    line, node = top.get("format", (1, None))
    stated = _plain(node) if node else None
    if stated != FORMAT:
        faults.append(_wrong_format(line, stated if isinstance(stated, str) else None))


def _wrong_format(line: int, stated: str | None) -> Fault:
    zh, en = (visible(stated),) * 2 if stated else ("空", "empty")
    return Fault(line, "", f"format 应为 {FORMAT}，现为{zh}", f"format must be {FORMAT}, is {en}")


def _entries(found: tuple[int, _Node] | None, faults: list[Fault]) -> Iterator[Entry]:
    if found is None or found[1].kind != "sequence":
        line = found[0] if found else 1
        faults.append(
            Fault(line, "", "agencies 应为机关的列表，每个机关以“- ”开头",
                  "agencies must be a list of agencies, each begun with “- ”")
        )  # fmt: skip
        return
    for node in found[1].value:
        if node.kind != "mapping":
            faults.append(
                Fault(node.line, "", "应为“键: 值”的形式", "must be of the form “key: value”")
            )
            continue
        known = len(faults)
        keys = _keys(node, faults)
        values = {name: Value(_plain(value), line) for name, (line, value) in keys.items()}
        yield Entry(node.line, values, len(faults) == known)


def _keys(node: _Node, faults: list[Fault]) -> dict[str, tuple[int, _Node]]:
    """The pairs of a mapping; of a key that comes twice the first counts."""
    found: dict[str, tuple[int, _Node]] = {}
    for key, value in node.value:
        name = str(key.value)
        if key.kind != "text":
            faults.append(Fault(key.line, "", "键应为文字", "a key must be a text"))
            continue
        if name in found:
            told = visible(name)
            faults.append(
                Fault(key.line, "", f"键 {told} 重复，请只保留一个",
                      f"the key {told} is repeated; please keep one")
            )  # fmt: skip
            continue
        found[name] = (key.line, value)
    return found


def _plain(node: _Node) -> Any:
    if node.kind == "text":
        return node.value
    if node.kind == "sequence":
        return [_plain(one) for one in node.value]
    return {str(key.value): _plain(value) for key, value in node.value}


def _root(events: Iterator[yaml.Event]) -> _Node | None:
    """The first document's node; a second document is refused."""
    found: _Node | None = None
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent) and found is not None:
            raise _RefusedError(
                _line(event), "--- 之后又是一份：一个文件只写一份名录",
                "another document after ---: one file holds one roster",
            )  # fmt: skip
        if isinstance(event, yaml.NodeEvent):
            found = _node(event, events, 0)
    return found


def _node(event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> _Node:
    line = _line(event)
    if isinstance(event, yaml.AliasEvent):
        name = visible(str(event.anchor))
        raise _RefusedError(
            line, f"不能用引用（*{name}）：它可能绕回自己，或展开成极长的内容，请把内容写出来",
            f"the alias *{name} is not allowed: it may lead back to itself or grow without end; "
            "please write the content out",
        )  # fmt: skip
    if depth > _DEEPEST:
        raise _RefusedError(
            line, "嵌套过深：请检查缩进和括号", "nested too deep; check the brackets"
        )
    if isinstance(event, yaml.ScalarEvent):
        is_null = event.style is None and event.value in ("", "~", "null")
        return _Node("text", None if is_null else event.value, line)
    inner = list(_inside(events, depth))
    if isinstance(event, yaml.SequenceStartEvent):
        return _Node("sequence", inner, line)
    return _Node("mapping", list(zip(inner[::2], inner[1::2], strict=True)), line)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark is not None else 1


def _inside(events: Iterator[yaml.Event], depth: int) -> Iterator[_Node]:
    for event in events:
        if isinstance(event, yaml.CollectionEndEvent):
            return
        yield _node(event, events, depth + 1)
