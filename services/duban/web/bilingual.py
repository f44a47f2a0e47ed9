"""Answers of the API with the English of what was recorded in Chinese alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from duban.domain.doubt_english import english_of

#: Fields of reports and obligations that hold a sentence of ours, or the words of people.
_SENTENCES = ("doubt", "damaged", "reason", "note")
_DESCRIPTION = "The same in English; absent for words that nobody put into English."


def in_both(answer: object) -> Any:
    """An answer as plain values: beside each sentence the English one, where there is one."""
    return _in_both(msgspec.to_builtins(answer))


def describe_both(schemas: Mapping[str, dict[str, Any]]) -> None:
    """Tell of the English in the schemas of what is answered."""
    for schema in schemas.values():
        fields = schema.get("properties", {})
        for name in _SENTENCES:
            if name in fields and "$ref" not in str(fields[name]):
                fields.setdefault(f"{name}_en", {"type": "string", "description": _DESCRIPTION})


def _in_both(found: Any) -> Any:
    if isinstance(found, list | tuple):
        return [_in_both(one) for one in found]
    if not isinstance(found, dict):
        return found
    told = {name: _in_both(one) for name, one in found.items()}
    for name in _SENTENCES:
        sentence = found.get(name)
        if isinstance(sentence, str) and (english := english_of(sentence)):
            told[f"{name}_en"] = english
    return told
