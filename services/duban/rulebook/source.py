"""YAML files as plain values: one pass, no tags, no duplicate keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from yaml._yaml import CParser

from duban.errors import RuleError

_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}


class _Nodes(CParser):
    """libyaml's node trees without PyYAML's guess at each scalar's type (made in `_scalar`)."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:
        return ""

    def descend_resolver(self, node: Any, index: Any) -> None:
        pass

    def ascend_resolver(self) -> None:
        pass


def parse(data: bytes, name: str) -> Any:
    """The one document in `data`; RuleError names the file `name` and the line of the fault.

    A node tree of libyaml is turned into values here, in a third of the time of SafeLoader's
    constructor, which would also let a second equal key silently win over the first.
    """
    try:
        node = _Nodes(data).get_single_node()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"第 {mark.line + 1} 行" if mark else "某处"
        raise RuleError(
            f"{name}：{line}不是有效的 YAML（{getattr(error, 'problem', error)}）。"
        ) from error
    return None if node is None else _value(node, name)


def read(path: Path, root: Path) -> tuple[bytes, Any]:
    """The bytes of a file, line ends made equal, and the value in it."""
    try:
        data = path.read_bytes().replace(b"\r\n", b"\n")
    except OSError as error:
        raise RuleError(f"{path}：无法读取（{error.strerror}），请检查规则目录。") from error
    return data, parse(data, path.relative_to(root).as_posix())


def _value(node: Any, name: str) -> Any:
    kind = node.id
    if kind == "scalar":
        return node.value if node.style else _scalar(node.value)
    if kind == "sequence":
        return [_value(item, name) for item in node.value]
    result: dict[str, Any] = {}
    for key, item in node.value:
        if key.value in result:
            line = key.start_mark.line + 1
            raise RuleError(f"{name}：第 {line} 行的键“{key.value}”重复，请只保留一个。")
        result[key.value] = _value(item, name)
    return result


def _scalar(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    digits = text[1:] if text[:1] == "-" else text
    if digits.isascii() and digits.isdigit():
        return int(text)
    whole, dot, rest = digits.partition(".")
    if dot and (whole + rest).isascii() and whole.isdigit() and rest.isdigit():
        return float(text)
    return text
