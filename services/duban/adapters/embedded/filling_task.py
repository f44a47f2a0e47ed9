"""What goes between a rebuild and the process that fills its new read models."""

from __future__ import annotations

import msgspec

from duban.ports import SetAside


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Fill the file of that number, in the folder of the read models, up to a position."""

    history: str
    folder: str
    number: int
    upto: int


class Filled(msgspec.Struct, frozen=True, array_like=True):
    """How far the file has come; with the last of these, what could not be taken in."""

    position: int
    is_done: bool
    aside: tuple[SetAside, ...] = ()
