"""The parts of a .docx package, parsed without entities and without the network."""

from __future__ import annotations

import posixpath
import zipfile
from contextlib import AbstractContextManager

from lxml import etree

from duban.errors import UnreadableError
from duban.reading.formats.archive import damaged, locked, open_archive, read_part
from duban.reading.formats.docx.names import BODY, STRICT_WORD, WORD
from duban.reading.formats.docx.style_part import StylePart

LARGEST_BYTES = 200_000_000
_OLE = b"\xd0\xcf\x11\xe0"
_MAIN_PART = "word/document.xml"
_CORE_PART = "docProps/core.xml"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_DOCTYPES = tuple("<!DOCTYPE".encode(name) for name in ("ascii", "utf-16-le", "utf-16-be"))


class Package(AbstractContextManager["Package"]):
    """An opened .docx file."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._main = _MAIN_PART
        self._related: dict[str, str] = {}

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    def document(self) -> etree._Element:
        """The root of the main part, wherever the package keeps it."""
        for kind, target in self._relations("_rels/.rels", "").items():
            if kind == "officeDocument":
                self._main = target
        folder, name = posixpath.split(self._main)
        self._related = self._relations(f"{folder}/_rels/{name}.rels", folder)
        root = self._parsed(self._main)
        if root is None or root.find(BODY) is None:
            raise damaged()
        return root

    def related(self, kind: str) -> etree._Element | None:
        """The root of a part related to the document ("styles", "numbering"), if it is sound."""
        target = self._related.get(kind)
        return self._spare(target) if target else None

    def styles(self) -> StylePart:
        """The styles of the document."""
        target = self._related.get("styles")
        data = self._sound(target) if target else None
        return StylePart(data, _tree)

    def title(self) -> str | None:
        """The title among the core properties."""
        root = self._spare(_CORE_PART)
        text = root.findtext(_TITLE) if root is not None else None
        return str(text).strip() or None if text else None

    def _relations(self, part: str, folder: str) -> dict[str, str]:
        root = self._spare(part)
        targets: dict[str, str] = {}
        for relation in root if root is not None else ():
            kind = (relation.get("Type") or "").rsplit("/", 1)[-1]
            target = relation.get("Target") or ""
            if relation.get("TargetMode") == "External" or not target:
                continue
            path = target[1:] if target.startswith("/") else posixpath.join(folder, target)
            targets.setdefault(kind, posixpath.normpath(path))
        return targets

    def _spare(self, name: str) -> etree._Element | None:
        """A part the text can be read without: one that is broken is as good as missing."""
        data = self._sound(name)
        return _tree(data) if data is not None else None

    def _sound(self, name: str) -> bytes | None:
        try:
            return self._data(name)
        except UnreadableError as error:
            if error.code == "corrupt":
                return None
            raise

    def _parsed(self, name: str) -> etree._Element | None:
        data = self._data(name)
        if data is None:
            return None
        root = _tree(data)
        if root is None:
            raise damaged()
        return root

    def _data(self, name: str) -> bytes | None:
        data = read_part(self._archive, name)
        if data is None:
            return None
        # Only the wide encodings have zero bytes, and they have one in the first character.
        marks = _DOCTYPES if b"\0" in data[:4] else _DOCTYPES[:1]
        if any(mark in data for mark in marks):
            raise damaged()
        return data.replace(STRICT_WORD.encode(), WORD.encode())


def _tree(data: bytes) -> etree._Element | None:
    """The root of well-formed XML, None for anything else."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def open_package(data: bytes) -> Package:
    """Open a .docx file.

    Raises UnreadableError `encrypted` for the compound file that holds a locked document,
    and what `open_archive` raises.
    """
    if data.startswith(_OLE):
        raise locked()
    if len(data) > LARGEST_BYTES:
        raise UnreadableError(
            "too_large",
            f"文件有 {len(data) / 1e6:.0f} MB，超过可读取的 {LARGEST_BYTES // 1_000_000} MB："
            "请压缩其中的图片后再试。",
        )
    return Package(open_archive(data))
