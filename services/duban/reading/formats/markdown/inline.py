"""Markdown inside a line: emphasis, links, escapes."""

from __future__ import annotations

import html
import re

_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_PROTECTED = 0xE000  # private use: holds an escaped character while emphasis is taken out
_PROTECTED_CHARACTER = re.compile("[\ue021-\ue07e]")
_PICTURE = re.compile(r"!\[([^\]\n]{0,200})\]\(([^()\s]{1,2000})[^()\n]{0,200}\)")
_LINK = re.compile(r"\[([^\]\n]{0,500})\]\(([^()\s]{1,2000})[^()\n]{0,200}\)")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_INLINE_TAG = re.compile(
    r"</?(?:b|i|u|strong|em|span|font|sub|center|p|div)\b[^<>\n]{0,500}>", re.I
)
_STRONG = re.compile(r"(\*\*|__)(?=\S)([^\n]{1,500}?)(?<=\S)\1")
_STRUCK = re.compile(r"~~(?=\S)[^\n~]{1,500}~~")
# One star or underscore is emphasis only at the edges of words: 7*24小时, a_b_c are not.
_EMPHASIS = re.compile(
    r"(?<![A-Za-z0-9*_])([*_])(?=[^\s*_])([^\n*_]{1,500}?)(?<=\S)\1(?![A-Za-z0-9*_])"
)
_CODE = re.compile(r"`([^`\n]{1,500})`")


def plain(text: str, links: list[tuple[str, str]]) -> str:
    """The text as a reader sees it; the targets of links are added to `links`."""
    text = _ESCAPED.sub(lambda found: chr(_PROTECTED + ord(found[1])), text)
    text = _PICTURE.sub(" ", text)
    for found in _LINK.finditer(text):
        links.append((found[1].strip(), found[2]))
    text = _LINK.sub(lambda found: found[1], text)
    text = _BREAK.sub("\n", text)
    text = _INLINE_TAG.sub("", text)
    text = _STRUCK.sub("", text)
    text = _STRONG.sub(r"\2", text)
    text = _EMPHASIS.sub(r"\2", text)
    text = _CODE.sub(r"\1", text)
    text = html.unescape(text)
    return _PROTECTED_CHARACTER.sub(lambda found: chr(ord(found[0]) - _PROTECTED), text).strip()


def is_picture(text: str) -> bool:
    """Whether a line is a picture and nothing else."""
    return _PICTURE.fullmatch(text.strip()) is not None
