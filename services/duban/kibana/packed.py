"""Objects as text, the same for the same object: one line of JSON, keys in order."""

from __future__ import annotations

import json
from collections.abc import Iterable

from duban.kibana.condition import Json


def as_text(value: object) -> str:
    """JSON on one line, as Kibana keeps parts of its objects."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def as_lines(objects: Iterable[Json]) -> str:
    """One object a line, as Kibana imports and exports them."""
    return "".join(as_text(one) + "\n" for one in objects)
