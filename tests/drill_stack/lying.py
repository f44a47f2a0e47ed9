"""What lies on the search server under a prefix, as anybody could find it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from elasticsearch import Elasticsearch, NotFoundError


class Lying(NamedTuple):
    """Indices with their aliases, those that are closed to writing, and who holds the lease."""

    indices: Mapping[str, Collection[str]]
    blocked: Collection[str] = ()
    holder: str | None = None


def lying(client: Elasticsearch, prefix: str) -> Lying:
    """All of it, now."""
    found = client.indices.get(index=f"{prefix}*", features="aliases,settings").body
    return Lying(
        {name: tuple(one["aliases"]) for name, one in found.items()},
        [name for name, one in found.items() if "blocks" in one["settings"]["index"]],
        _holder(client, prefix),
    )


def _holder(client: Elasticsearch, prefix: str) -> str | None:
    try:
        found = client.get(index=f"{prefix}lease", id="rebuild")
    except NotFoundError:
        return None
    return f"{found['_source']}"
