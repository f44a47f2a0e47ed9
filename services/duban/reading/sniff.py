"""Tells the format of a file from its bytes; the name of a file proves nothing."""

from __future__ import annotations

import re
from itertools import islice

from duban.domain.document import Media
from duban.reading.formats.archive import declared_type, entry_names
from duban.reading.formats.encoding import decode

_PDF_WITHIN_BYTES = 1024
_SAMPLE_BYTES = 32_768
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ARCHIVE = (b"PK\x03\x04", b"PK\x05\x06")
_WORD_XML = ("<w:wordDocument", "<pkg:package", "Word.Document")

# A page saved as one file holds its html in an encoding of its own; read as it stands, words and
# numbers would be torn.
_WEB_ARCHIVE = re.compile(r"\s*(?:MIME-Version|From|Content-Type)\s*:\s", re.IGNORECASE)
_TAG = re.compile(
    r"<(?:!doctype\s+html|/?(?:html|head|body|meta|title|link|style|script|table|tbody|tr|td|th|div|"
    r"p|span|br|article|section|ul|ol|li|h[1-6]|a|img|font|center|strong|b|em|o:p)(?=[\s/>])[^<>]*>)",
    re.IGNORECASE,
)
_BEFORE_MARKUP = re.compile(r"(?:\s|\ufeff|<\?[^>]*\?>|<!--.*?-->)*", re.DOTALL)
_LEAST_TAGS = 3
_MARKDOWN = re.compile(
    r"^ {0,3}#{1,6}[ \t]+\S"
    r"|^[ \t]*\|?(?:[ \t]*:?-+:?[ \t]*\|)+[ \t]*(?::?-+:?[ \t]*)?$"
    r"|^```|^\*\*[^*\n]+\*\*",
    re.MULTILINE,
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f]")
_NO_CHARACTER = re.compile("[\ufffd\ue000-\uf8ff]")
_MOST_CONTROLS = 0.005
_MOST_UNDECODED = 0.08


def sniff(data: bytes) -> Media:
    """The format of `data`; "unknown" for nothing, pictures, random bytes and what else there is.

    Nothing is expanded beyond a zip's directory, and nothing is raised: a broken or locked
    file still has a format, and its reader says what is wrong with it.
    """
    if b"%PDF-" in data[:_PDF_WITHIN_BYTES]:
        return "pdf"
    if data.startswith(_ARCHIVE):
        return _archive(data)
    if data.startswith(_OLE):
        return _compound(data)
    if data.lstrip()[:5] == b"{\\rtf":
        return "rtf"
    return _text(data)


def _archive(data: bytes) -> Media:
    names = entry_names(data)
    if any(name.startswith("word/") for name in names):
        return "docx"
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    if any(name.lower() == "ofd.xml" for name in names):
        return "ofd"
    if declared_type(data).startswith("application/vnd.oasis.opendocument.text"):
        return "odt"
    return "zip"


def _compound(data: bytes) -> Media:
    """Compound files keep the names of their streams as UTF-16."""
    if _stream("EncryptedPackage") in data:
        return "docx"
    if _stream("WordDocument") in data:
        return "doc"
    if _stream("MatOST") in data or _stream("WPSDocument") in data:
        return "wps"
    return "unknown"


def _stream(name: str) -> bytes:
    return name.encode("utf-16-le")


def _text(data: bytes) -> Media:
    sample = decode(data[:_SAMPLE_BYTES])
    body = sample[_match_end(sample) :]
    if _WEB_ARCHIVE.match(sample):
        return "unknown"
    if sample.startswith("<?xml") and any(mark in sample for mark in _WORD_XML):
        return "doc"
    if _TAG.match(body):
        return "html"
    if not body or _is_binary(sample):
        return "unknown"
    if _MARKDOWN.search(sample):
        return "markdown"
    some_tags = list(islice(_TAG.finditer(sample), _LEAST_TAGS))
    return "html" if len(some_tags) == _LEAST_TAGS else "text"


def _match_end(sample: str) -> int:
    found = _BEFORE_MARKUP.match(sample)
    return found.end() if found else 0


def _is_binary(sample: str) -> bool:
    return (
        len(_CONTROL.findall(sample)) > len(sample) * _MOST_CONTROLS
        or len(_NO_CHARACTER.findall(sample)) > len(sample) * _MOST_UNDECODED
    )
