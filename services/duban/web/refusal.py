"""What is refused, and why, in both languages; the page shows the reader's."""

from __future__ import annotations

from typing import NamedTuple

from starlette.exceptions import HTTPException


class Said(NamedTuple):
    """A sentence in Chinese and in English."""

    zh: str
    en: str


class Refusal(HTTPException):
    """A request that is refused: nothing was changed by it. `detail` is the Chinese sentence."""

    def __init__(self, status: int, zh: str, en: str) -> None:
        super().__init__(status, zh)
        self.english = en
