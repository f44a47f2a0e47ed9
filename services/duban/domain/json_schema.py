"""JSON Schemas of our classes, the same by whichever Python they are made."""

from __future__ import annotations

import inspect
from typing import Any

import msgspec


def schema_of(kind: type) -> tuple[dict[str, Any], dict[str, Any]]:
    """The schema of `kind`, and by name those that it refers to as `#/$defs/<name>`."""
    (made,), others = msgspec.json.schema_components((kind,), ref_template="#/$defs/{name}")
    return _tidy(made), _tidy(others)


def _tidy(value: Any) -> Any:
    """Descriptions are docstrings, which Python leaves indented before 3.13."""
    if isinstance(value, list):
        return [_tidy(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: inspect.cleandoc(item)
        if key == "description" and isinstance(item, str)
        else _tidy(item)
        for key, item in value.items()
    }
