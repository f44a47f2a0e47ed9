"""What the pages are given to work with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from duban.ports import BlobStore, Clock, Index


class RuleCard(msgspec.Struct, frozen=True, kw_only=True):
    """What pages tell of a rule; filled from the rulebook."""

    id: str
    title: str
    title_en: str
    severity: str
    basis: tuple[str, ...]
    remedy: str
    remedy_en: str
    limits: str


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the pages reach.

    `wait(position, timeout_s)` returns the index's position once it moved past `position`.
    """

    index: Index
    blobs: BlobStore
    clock: Clock
    rules: Mapping[str, RuleCard]
    rulebook_version: str
    wait: Callable[[int, float], int]
    hosts: Sequence[str] = ("127.0.0.1", "localhost", "[::1]")
