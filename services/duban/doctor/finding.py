"""What the doctor says of one thing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from duban.errors import DubanError

State = Literal["good", "note", "wrong"]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing looked at: `good`, `note` (works, but look at it), or `wrong` (must be mended).

    `about` names the check for programs, `where` the file or address. `mend` is the command that
    mends it; where that is empty the sentence says what to do.
    """

    about: str
    where: str
    state: State
    zh: str
    en: str
    mend: str = ""


Check = Callable[[], Iterable[Finding]]


def good(about: str, where: object, zh: str, en: str) -> Finding:
    """Nothing to do."""
    return Finding(about=about, where=str(where), state="good", zh=zh, en=en)


def note(about: str, where: object, zh: str, en: str, mend: str = "") -> Finding:
    """It works as it is."""
    return Finding(about=about, where=str(where), state="note", zh=zh, en=en, mend=mend)


def wrong(about: str, where: object, zh: str, en: str, mend: str = "") -> Finding:
    """It has to be mended."""
    return Finding(about=about, where=str(where), state="wrong", zh=zh, en=en, mend=mend)


def refused(about: str, where: object, error: DubanError) -> Finding:
    """An expected failure, whose sentence says what to do."""
    return wrong(about, where, str(error), error.english or str(error))


def look(about: str, where: object, check: Check) -> list[Finding]:
    """What a check finds; it never stops the checks after it, whatever happens to it."""
    found: list[Finding] = []
    try:
        found.extend(check())
    except DubanError as error:
        found.append(refused(about, where, error))
    except Exception as error:  # one broken check must not hide what the others would say
        kind = type(error).__name__
        zh = f"这项检查自身出错（{kind}），没有得出结论；请反馈。"
        en = f"this check itself failed ({kind}) and says nothing; please report it."
        found.append(wrong(about, where, zh, en))
    return found
