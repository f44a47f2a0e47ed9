"""The catalogue of events for readers and for other programs, made from the classes themselves."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from duban.domain import json_schema
from duban.domain.event import BODIES, TOPICS, Body

_TOPICS = {
    "posted": "posted 主题：找到或上传的原文，按内容哈希排列",
    "facts": "facts 主题：事实，只记一次，永不改写，按单位排列",
    "conclusions": "conclusions 主题：结论，由事实推出，可以随时重算，按单位排列",
    "alerts": "alerts 主题：提醒（结论），以及办公室对提醒所做的事（静默、送达，均为事实）",
}
_ENVELOPE = """\
# 事件 / Events

由 `make docs` 从程序生成。每个事件是一行 JSON：

| 字段 | 含义 |
|---|---|
| `id` | 在主题内唯一；由程序推出的事件，其 id 由起因、处理器和对象算出，重算不变 |
| `name`, `version` | 事件的名称与版本；下文逐一列出，旧版本永远能读 |
| `key` | 排序的依据：单位 id、内容哈希，或 `*`（关系到所有单位） |
| `at` | 带时区的时间：事实为记录时刻，结论为其起因的时刻 |
| `cause` | 起因事件的 id；没有时为 null |
| `body` | 正文，结构见 `schemas/events/<名称>.v<版本>.json` |

Every event is one JSON object; `body` is described by its schema.
"""


def schemas() -> dict[str, str]:
    """File name → JSON Schema of every event version, as text."""
    return {f"{name}.v{version}.json": _text(schema_of(name, version)) for name, version in BODIES}


def schema_of(name: str, version: int) -> dict[str, Any]:
    """The JSON Schema of one version of an event, envelope included."""
    cls = BODIES[name, version]
    body, definitions = json_schema.schema_of(cls)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:duban:event:{name}:v{version}",
        "title": f"{name} v{version}",
        "description": _first_sentence(cls),
        "type": "object",
        "required": ["id", "name", "version", "key", "at", "body"],
        "properties": {
            "id": {"type": "string", "minLength": 1},
            "name": {"const": name},
            "version": {"const": version},
            "key": {"type": "string", "minLength": 1},
            "at": {"type": "string", "format": "date-time"},
            "cause": {"type": ["string", "null"]},
            "body": body,
        },
        "$defs": definitions,
    }


def render() -> str:
    """The reference page."""
    parts = [_ENVELOPE]
    for topic, title in _TOPICS.items():
        parts += [f"## {title}", ""]
        for (name, version), cls in BODIES.items():
            if TOPICS[name] == topic:
                parts += _section(name, version, cls)
    return "\n".join(parts).rstrip() + "\n"


def _section(name: str, version: int, cls: type[Body]) -> list[str]:
    text = " ".join((cls.__doc__ or "").split())
    rows = [
        f"| `{field.encode_name}` | {_kind(field.type)} | {'是' if field.required else ''} |"
        for field in msgspec.structs.fields(cls)
    ]
    return [
        f"### {name} v{version}",
        "",
        text,
        "",
        f"[schema](../../schemas/events/{name}.v{version}.json)",
        "",
        "| 字段 | 类型 | 必有 |",
        "|---|---|---|",
        *rows,
        "",
    ]


def _kind(of: Any) -> str:
    """The type as it appears in JSON, in words."""
    schema, _ = json_schema.schema_of(of)
    return _words(schema).replace("|", "\\|")


def _words(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return f"`{schema['$ref'].rpartition('/')[2]}`"
    if "anyOf" in schema:
        return " | ".join(_words(choice) for choice in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(f"`{choice}`" for choice in schema["enum"])
    if schema.get("type") == "array" and "items" in schema:
        return f"list of {_words(schema['items'])}"
    return str(schema.get("type", "any"))


def _first_sentence(cls: type[Body]) -> str:
    return " ".join((cls.__doc__ or "").split("\n\n")[0].split())


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
