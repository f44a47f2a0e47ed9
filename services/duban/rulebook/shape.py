"""The outer shape of rule files, word lists and rulebook.yaml, and what to say if it is wrong."""

from __future__ import annotations

import re
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec

from duban.domain.json_schema import schema_of
from duban.errors import RuleError
from duban.rulebook.rule import Rule

_AT = re.compile(r"(?P<why>.*?)(?: - at `(?P<path>[^`]*)`)?$", re.DOTALL)
Shape = TypeVar("Shape")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\[\.\.\.\]")


class WordList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A shared word list: words, patterns, or small records with a `field`."""

    version: int
    title: str
    entries: tuple[Any, ...]


class _Book(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    order: tuple[str, ...]


def schema() -> dict[str, Any]:
    """schemas/rule.v1.json: the outer shape of a rule file as JSON Schema."""
    inner, components = schema_of(Rule)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "rule.v1.json",
        "title": "One rule of the rulebook (rules/<group>/<ID>.yaml)",
        **inner,
        "$defs": dict(sorted(components.items())),
    }


def rule_of(raw: Any, file: str) -> Rule:
    """A rule from the value of its file."""
    return value_of(raw, Rule, file)


def words_of(raw: Any, file: str) -> WordList:
    """A word list from the value of its file."""
    return value_of(raw, WordList, file)


def book_of(raw: Any, file: str) -> tuple[str, tuple[str, ...]]:
    """Version of the rulebook and order of its rules (which speaks first where several fail)."""
    book = value_of(raw, _Book, file)
    return book.version, book.order


def value_of(raw: Any, kind: type[Shape], file: str) -> Shape:
    """The value of a file as `kind`; RuleError names file, key, value and what is allowed."""
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        found = _AT.fullmatch(str(error))
        path = (found and found["path"]) or "$"
        why = found["why"] if found else str(error)
        value = _at(raw, path)
        allowed = _allowed(kind, path, why)
        raise RuleError(f"{file}：{path} 的值 {value!r} 无效，{allowed}。") from error


def _at(raw: Any, path: str) -> Any:
    for step in _STEP.finditer(path):
        key: Any = step[1] if step[1] is not None else step[2] and int(step[2])
        try:
            raw = raw[key]
        except (KeyError, IndexError, TypeError):
            return raw
    return raw


def _allowed(kind: Any, path: str, why: str) -> str:
    """The literal values a field takes, or the library's own words."""
    name = path.lstrip("$.").split(".", 1)[0].split("[", 1)[0]
    hint = get_type_hints(kind).get("except_" if name == "except" else name)
    words = [str(value) for value in _literals(hint)]
    missing = re.search(r"missing required field `([^`]*)`", why)
    if missing:
        return f"缺少键 {missing[1]}"
    unknown = re.search(r"unknown field `([^`]*)`", why)
    if unknown:
        fields = msgspec.structs.fields(kind)
        return f"键 {unknown[1]} 未知，允许的键：{'、'.join(f.encode_name for f in fields)}"
    return f"允许的值：{'、'.join(words)}" if words else f"要求：{why}"


def _literals(hint: Any) -> list[Any]:
    values: list[Any] = []
    for part in get_args(hint):
        values.extend(
            _literals(part) if get_args(part) else [part] if isinstance(part, str) else []
        )
    return values
