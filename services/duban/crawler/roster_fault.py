"""What is wrong with a roster file: where it stands, and what to do, in two languages."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from duban.errors import RosterError

_SHOWN = 20  # faults told at once
_LONGEST = 60  # characters of a value that is told


class Fault(NamedTuple):
    """A line (the first is 1), the key or column there if it is about one, and what is wrong."""

    line: int
    key: str
    zh: str
    en: str


def visible(text: str) -> str:
    """A value as it can be told: short, with every character that nobody sees named."""
    cut = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    if cut.isprintable():
        return cut
    return "".join(f"<U+{ord(one):04X}>" if is_invisible(one) else one for one in cut)


def holds_invisible(text: str) -> bool:
    """Whether any character of a text shows nothing."""
    return not text.isprintable() and any(map(is_invisible, text))


def is_invisible(character: str) -> bool:
    """Whether a character shows nothing: control, format, unassigned, and all but plain spaces."""
    kind = unicodedata.category(character)
    return kind[0] == "C" or (kind[0] == "Z" and character not in " \u3000")


def unusable(path: Path, zh: str, en: str) -> RosterError:
    """The error of a file that cannot be understood as a roster at all."""
    return RosterError(f"名录 {path} {zh}。", f"The roster {path} {en}.")


def error_of(path: Path, faults: Sequence[Fault]) -> RosterError:
    """One error for all faults, in the order of their lines; beyond twenty they are counted."""
    ordered = sorted(faults, key=lambda fault: fault.line)
    zh = [f"名录 {path} 有 {len(ordered)} 处错误，没有登记任何机关，请改正后重试："]
    en = [f"The roster {path} has faults ({len(ordered)}); nothing was registered. Please mend:"]
    for one in ordered[:_SHOWN]:
        key = f" {visible(one.key)}" if one.key else ""
        zh.append(f"  第 {one.line} 行{key}：{one.zh}。")
        en.append(f"  line {one.line}{key}: {one.en}.")
    if len(ordered) > _SHOWN:
        zh.append(f"  另有 {len(ordered) - _SHOWN} 处。")
        en.append(f"  and {len(ordered) - _SHOWN} more.")
    return RosterError("\n".join(zh), "\n".join(en))
