"""What a file of ours holds: how it is told from others, and the tables of each version."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """`application_id` stands in the file's header; `steps` lead to each version from the one
    before it.
    """

    application_id: int
    version: int
    steps: Mapping[int, str]
