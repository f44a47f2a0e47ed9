"""A roster file as plain entries, each value with the line it stands in (YAML or CSV)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from duban.errors import RosterError

FORMAT = "duban.roster/1"
SEPARATOR = "|"  # between several values in one CSV field
LISTS = frozenset({"short_names", "former_names", "columns", "hosts"})
WAIVED = "waived"  # CSV: 2023:reason|2024:reason


class Value(NamedTuple):
    """What a file gives for a key: a text, several texts, None for nothing; anything else as is."""

    given: Any
    line: int


class Entry(NamedTuple):
    """One agency as the file states it."""

    line: int
    values: dict[str, Value]


class Source(NamedTuple):
    """The entries of a file and the address its relative columns belong to."""

    entries: list[Entry]
    site: Value | None


def read(path: Path) -> Source:
    """The entries of a roster file; RosterError where it is no roster file at all."""
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise RosterError(f"名录 {path} 无法读取（{error.strerror}）：请检查路径。") from error
    except UnicodeDecodeError as error:
        raise RosterError(f"名录 {path} 不是 UTF-8 编码：请另存为 UTF-8 后重试。") from error
    if path.suffix.lower() == ".csv":
        return Source(list(_csv_entries(text, path)), None)
    if path.suffix.lower() in (".yaml", ".yml"):
        try:
            return _yaml_source(text, path)
        except RecursionError as error:
            raise RosterError(f"名录 {path}：嵌套过深，或引用（&、*）绕回自己，请改正。") from error
    raise RosterError(f"名录 {path} 的扩展名不认识：请使用 .yaml 或 .csv 文件。")


def _csv_entries(text: str, path: Path) -> Iterator[Entry]:
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(rows, [])]
        if not header or len(set(header)) != len(header):
            raise RosterError(f"名录 {path} 第 1 行：应为各列的名称，且不得重复。")
        line = rows.line_num + 1
        for row in rows:
            if any(field.strip() for field in row):
                if len(row) != len(header):
                    raise RosterError(
                        f"名录 {path} 第 {line} 行：有 {len(row)} 列，应为 {len(header)} 列。"
                    )
                yield Entry(line, dict(_fields(header, row, line)))
            line = rows.line_num + 1
    except csv.Error as error:
        raise RosterError(f"名录 {path} 第 {rows.line_num} 行不是有效的 CSV：{error}。") from error


def _fields(header: list[str], row: list[str], line: int) -> Iterator[tuple[str, Value]]:
    for name, field in zip(header, row, strict=True):
        text = field.strip()
        parts = [part.strip() for part in text.split(SEPARATOR)] if text else []
        if name in LISTS:
            yield name, Value(parts, line)
        elif name == WAIVED:
            yield name, Value([_waiver(part) for part in parts], line)
        else:
            yield name, Value(text or None, line)


def _waiver(text: str) -> dict[str, str]:
    year, _, reason = text.replace("：", ":", 1).partition(":")
    return {"year": year.strip(), "reason": reason.strip()}


def _yaml_source(text: str, path: Path) -> Source:
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"第 {mark.line + 1} 行" if mark else ""
        raise RosterError(f"名录 {path} {where}不是有效的 YAML，请检查缩进和引号。") from error
    top = _mapping(root, path) if root is not None else {}
    stated = _plain(top["format"][1]) if "format" in top else None
    if stated != FORMAT:
        raise RosterError(f"名录 {path}：format 应为 {FORMAT}，现为 {stated or '空'}。")
    unknown = sorted(set(top) - {"format", "site", "agencies"})
    if unknown:
        raise RosterError(
            f"名录 {path} 第 {_line(top[unknown[0]][0])} 行：不认识的键 {unknown[0]}。"
        )
    agencies = top["agencies"][1] if "agencies" in top else None
    if agencies is None or agencies.id != "sequence":
        raise RosterError(f"名录 {path}：agencies 应为机关的列表。")
    entries = [Entry(_line(node), _values(node, path)) for node in agencies.value]
    site = top.get("site")
    return Source(entries, Value(_plain(site[1]), _line(site[0])) if site else None)


def _values(node: Any, path: Path) -> dict[str, Value]:
    return {
        name: Value(_plain(value), _line(key))
        for name, (key, value) in _mapping(node, path).items()
    }


def _mapping(node: Any, path: Path) -> dict[str, tuple[Any, Any]]:
    if node.id != "mapping":
        raise RosterError(f"名录 {path} 第 {_line(node)} 行：应为“键: 值”的形式。")
    found: dict[str, tuple[Any, Any]] = {}
    for key, value in node.value:
        name = str(key.value)
        if name in found:
            raise RosterError(f"名录 {path} 第 {_line(key)} 行：键 {name} 重复，请只保留一个。")
        found[name] = (key, value)
    return found


def _plain(node: Any) -> Any:
    if node.id == "scalar":
        is_null = node.style is None and node.value in ("", "~", "null")
        return None if is_null else node.value
    if node.id == "sequence":
        return [_plain(item) for item in node.value]
    return {str(key.value): _plain(value) for key, value in node.value}


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1
