"""The canonical text of a document, and its checksum: two are the same where these are.

What tells only how often or in which order documents were written is left out, as is what is
searched and follows from the rest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from duban.adapters.elastic.mappings import DERIVED

_OF_WRITING = frozenset(
    ("number", "position", "digest", *(field for fields in DERIVED.values() for field in fields))
)
_OF_HEARING = frozenset(("from_us", "known_from"))  # when one who is not shown was first heard of
_BYTES = 16


def text(fields: Mapping[str, Any]) -> bytes:
    """The fields as one line of JSON, whether they come from an event or from an index."""
    left_out = _OF_WRITING if fields.get("shown") is not False else _OF_WRITING | _OF_HEARING
    kept = {
        name: value for name, value in fields.items() if value is not None and name not in left_out
    }
    return msgspec.json.encode(kept, order="sorted")


def digest(fields: Mapping[str, Any]) -> str:
    """The checksum of the text."""
    return hashlib.blake2b(text(fields), digest_size=_BYTES).hexdigest()


def source(fields: Mapping[str, Any]) -> bytes:
    """A document as it is stored: with its checksum where it is current, without what is empty."""
    kept = {name: value for name, value in fields.items() if value is not None}
    if fields["current"]:
        kept["digest"] = digest(fields)
    else:
        kept.pop("digest", None)
    return msgspec.json.encode(kept)
