"""Encodings of pages as portals really have them: declared, wrongly declared, not declared."""

from __future__ import annotations

import codecs
from random import Random
from typing import NamedTuple


class _Written(NamedTuple):
    """How characters become bytes, and what the page says of it."""

    codec: str
    declaration: str
    mark: bytes = b""


_OLD = '<meta http-equiv="Content-Type" content="text/html; charset={}">\n'
_NEW = '<meta charset="{}">\n'
ENCODINGS: dict[str, _Written] = {
    "utf-8": _Written("utf-8", _NEW.format("utf-8")),
    "utf-8-mark": _Written("utf-8", _NEW.format("utf-8"), codecs.BOM_UTF8),
    "utf-8-silent": _Written("utf-8", ""),
    "utf-8-as-gb2312": _Written("utf-8", _OLD.format("gb2312")),
    "gb18030": _Written("gb18030", _NEW.format("gb18030")),
    "gb2312": _Written("gb18030", _OLD.format("gb2312")),
    "gbk": _Written("gb18030", _NEW.format("GBK")),
    "gb-silent": _Written("gb18030", ""),
    "gb-as-utf-8": _Written("gb18030", _OLD.format("utf-8")),
}
_WEIGHTS = (60, 4, 3, 3, 6, 12, 6, 3, 3)


def draw(rng: Random) -> str:
    """The name of an encoding; mostly UTF-8, declared as such."""
    return rng.choices(list(ENCODINGS), _WEIGHTS)[0]


def declaration(name: str) -> str:
    """What stands in the head of a page, "" where nothing does."""
    return ENCODINGS[name].declaration


def encoded(text: str, name: str) -> bytes:
    """The bytes of a page."""
    how = ENCODINGS[name]
    return how.mark + text.encode(how.codec)


def header(name: str) -> str | None:
    """The charset that a server adds for pages that do not declare theirs, or None."""
    return "GBK" if name == "gb-silent" else None
