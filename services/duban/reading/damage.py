"""Whether a document's text can be trusted at all (reference 3.12.1(1))."""

from __future__ import annotations

import re

from duban.domain.document import Document

_MOST_DAMAGED = 0.05
_LEAST_COVERED = 0.6
_PINYIN_NOTES = 5
_DAMAGED = re.compile(r"[\ufffd\ue000-\uf8ff]|锟斤拷|烫烫|屯屯|Ã.|â€.")
_FIRST_HAN = "\u4e00"
_PINYIN = re.compile("\\w[(（][a-z\u00e0-\u01dc]{1,6}[)）]")


def damage(document: Document, text: str) -> str | None:
    """Why the text cannot be trusted, in Chinese; None where it can."""
    if text and sum(map(len, _DAMAGED.findall(text))) > _MOST_DAMAGED * len(text):
        return "文字中有大量乱码，可能是编码错误"
    if sum(note[0] >= _FIRST_HAN for note in _PINYIN.findall(text)) >= _PINYIN_NOTES:
        return "文字中夹有注音，不是报告原文"
    pages, readable = document.pages, document.pages_with_text
    if pages and readable is not None and readable < _LEAST_COVERED * pages:
        return f"{pages}页中只有{readable}页有文字，其余可能是扫描件"
    return None
