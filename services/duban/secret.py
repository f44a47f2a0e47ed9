"""Passwords and keys that cannot be printed by mistake."""

from __future__ import annotations


class Secret(str):
    """A password: used like any text, but shown as *** wherever it is printed or logged."""

    __slots__ = ()

    def in_clear(self) -> str:
        """The password itself, for a client that puts it into other text (a header, a URL)."""
        return "".join(self)

    def __repr__(self) -> str:
        return "'***'"

    def __str__(self) -> str:
        return "***"

    def __format__(self, form: str) -> str:
        return format("***", form)
