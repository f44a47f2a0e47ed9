"""Conditions, each with one meaning in three tongues.

Kibana's own query language where a figure counts only some documents, filters as Kibana keeps
them for a whole panel, and queries of Elasticsearch for rules.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

Json: TypeAlias = dict[str, object]
Value: TypeAlias = str | int | bool


class Is(msgspec.Struct, frozen=True):
    """The field holds one of these values."""

    field: str
    values: tuple[Value, ...]


class Known(msgspec.Struct, frozen=True):
    """The field holds anything at all."""

    field: str


class Not(msgspec.Struct, frozen=True):
    """The condition does not hold."""

    of: Is | Known


Condition: TypeAlias = Is | Known | Not

#: What is so now, and not what was so once.
CURRENT: tuple[Condition, ...] = (Is("current", (True,)),)
#: What the pages show now: agencies that the roster holds.
SHOWN: tuple[Condition, ...] = (*CURRENT, Is("shown", (True,)))


def fields(condition: Condition) -> tuple[str, ...]:
    """The fields that a condition looks at."""
    return fields(condition.of) if isinstance(condition, Not) else (condition.field,)


def kql(condition: Condition) -> str:
    """The condition in Kibana's query language."""
    if isinstance(condition, Not):
        return f"not {kql(condition.of)}"
    if isinstance(condition, Known):
        return f"{condition.field} : *"
    values = [_literal(value) for value in condition.values]
    said = values[0] if len(values) == 1 else f"({' or '.join(values)})"
    return f"{condition.field} : {said}"


def dsl(condition: Condition) -> Json:
    """The condition as a query of Elasticsearch."""
    if isinstance(condition, Not):
        return {"bool": {"must_not": [dsl(condition.of)]}}
    return _positive(condition)


def filter_pill(condition: Condition, reference: str, alias: str | None = None) -> Json:
    """The condition as a filter of a panel; `reference` names its data view."""
    plain = condition.of if isinstance(condition, Not) else condition
    meta: Json = {
        "alias": alias,
        "disabled": False,
        "field": plain.field,
        "index": reference,
        "key": plain.field,
        "negate": isinstance(condition, Not),
    }
    if isinstance(plain, Known):
        meta |= {"type": "exists", "value": "exists"}
    elif len(plain.values) == 1:
        meta |= {"type": "phrase", "params": {"query": plain.values[0]}}
    else:
        meta |= {"type": "phrases", "params": list(plain.values), "value": list(plain.values)}
    return {"$state": {"store": "appState"}, "meta": meta, "query": _positive(plain)}


def _positive(condition: Is | Known) -> Json:
    if isinstance(condition, Known):
        return {"exists": {"field": condition.field}}
    phrases: list[Json] = [{"match_phrase": {condition.field: v}} for v in condition.values]
    if len(phrases) == 1:
        return phrases[0]
    return {"bool": {"minimum_should_match": 1, "should": phrases}}


def _literal(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
