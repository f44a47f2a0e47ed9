"""The kinds of field that documents have, as Elasticsearch names them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Field = Mapping[str, Any]

KEYWORD: Field = {"type": "keyword"}
#: Text of any length that is only matched whole: what is longer is kept, but not matched.
WORD: Field = {"type": "keyword", "ignore_above": 8000}
LONG: Field = {"type": "long"}
INTEGER: Field = {"type": "integer"}
#: A number that is counted and compared, not looked for: hundreds of trees are not built for it.
FIGURE: Field = {"type": "double", "index": False}
BOOLEAN: Field = {"type": "boolean"}
#: A day as documents print it may be no day at all: it is kept, but cannot be sorted by.
DAY: Field = {"type": "date", "ignore_malformed": True}
TIME: Field = {"type": "date"}
#: Prose for people who search in Kibana: one word a character, so that a phrase is exact.
PROSE: Field = {"type": "text", "analyzer": "standard", "norms": False}
#: Words that we cut ourselves, between blanks.
CUT: Field = {"type": "text", "analyzer": "whitespace", "norms": False}
#: Bytes, kept and nothing else.
PACKED: Field = {"type": "binary"}
#: Kept as it is, and neither searched nor counted.
KEPT: Field = {"type": "object", "enabled": False}


def within(fields: Mapping[str, Field]) -> Field:
    """A group of fields; no other may be in it."""
    return {"dynamic": "strict", "properties": dict(fields)}
