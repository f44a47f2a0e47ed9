"""What is refused, and why, in both languages; the page shows the reader's."""

from __future__ import annotations

from typing import NamedTuple

from starlette.exceptions import HTTPException


class Said(NamedTuple):
    """A sentence in Chinese and in English."""

    zh: str
    en: str


NO_REPORT = Said(
    "没有检索到这个机关这一年的年报。", "No report of this agency for this year was found."
)
NO_AGENCY = Said("名录中没有这个机关。", "This agency is not in the roster.")


class Refusal(HTTPException):
    """A request that is refused: nothing was changed by it. `said` is shown."""

    def __init__(self, status: int, zh: str, en: str) -> None:
        super().__init__(status, zh)
        self.said = Said(zh, en)
