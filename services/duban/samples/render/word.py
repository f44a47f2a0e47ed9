"""A manuscript as docx with spans, and headings numbered by Word or by hand."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any

from duban.samples.manuscript import Manuscript, Part
from duban.samples.tables import PrintedTable, printed_tables

_STAMP = (1980, 1, 1, 0, 0, 0)
_NUMBERING_ID = 47


@dataclass(frozen=True)
class WordStyle:
    """How a document is built: sub-tables apart, a table inside a layout table."""

    split: bool = False
    nested: bool = False
    merged: bool = True
    headings: bool = True

    @classmethod
    def draw(cls, rng: Random) -> WordStyle:
        """A style at random."""
        return cls(rng.random() < 0.4, rng.random() < 0.2, True, rng.random() < 0.5)


def docx_bytes(paper: Manuscript, style: WordStyle) -> bytes:
    """The document's bytes, the same for the same manuscript."""
    from docx import Document  # an extra, wanted only when a docx is made
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    document = Document()
    moment = datetime(paper.year + 1, 1, 5, tzinfo=UTC).replace(tzinfo=None)
    core = document.core_properties
    core.created = core.modified = moment
    core.author = core.last_modified_by = paper.agency.name
    core.title = "".join(paper.title_lines())
    for line in paper.title_lines():
        document.add_paragraph(line).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for paragraph in paper.preface:
        for text in paragraph.lines():
            document.add_paragraph(text)
    automatic = paper.auto_number and naturally_numbered(paper)
    if automatic:
        _define_numbering(document)
    for part in paper.parts:
        _part(document, paper, part, style, automatic)
    for text in paper.signature:
        document.add_paragraph(text).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    buffer = io.BytesIO()
    document.save(buffer)
    return _restamped(buffer.getvalue())


def naturally_numbered(paper: Manuscript) -> bool:
    """Whether counting the headings gives exactly their ordinals."""
    return [part.ordinal for part in paper.parts] == list(range(1, len(paper.parts) + 1))


def _part(document: Any, paper: Manuscript, part: Part, style: WordStyle, automatic: bool) -> None:
    text = part.heading if automatic else part.printed_heading()
    heading = document.add_heading(text, 1) if style.headings else document.add_paragraph(text)
    if automatic:
        _number(heading)
    for paragraph in part.paragraphs:
        for line in paragraph.lines():
            document.add_paragraph(line)
    if part.table:
        for table in printed_tables(paper, part.table, split=style.split):
            _table(document, table, style)
            document.add_paragraph("")


def _table(document: Any, table: PrintedTable, style: WordStyle) -> None:
    if style.nested:
        outer = document.add_table(rows=1, cols=1)
        word_table = outer.cell(0, 0).add_table(table.height, table.width)
    else:
        word_table = document.add_table(rows=table.height, cols=table.width)
        word_table.style = "Table Grid"
    grid = [list(row.cells) for row in word_table.rows]
    for cell in table.cells:
        first = grid[cell.row][cell.column]
        last = grid[cell.row + cell.rowspan - 1][cell.column + cell.colspan - 1]
        target = first.merge(last) if first is not last else first
        target.text = cell.text


def _number(paragraph: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - python-docx has no call for it
    number = OxmlElement("w:numPr")
    for tag, value in (("w:ilvl", "0"), ("w:numId", str(_NUMBERING_ID))):
        element = OxmlElement(tag)
        element.set(qn("w:val"), value)
        number.append(element)
    properties.append(number)


def _define_numbering(document: Any) -> None:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    numbering = document.part.numbering_part.element
    abstract = parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{_NUMBERING_ID}">'
        '<w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/><w:lvlJc w:val="left"/>'
        "</w:lvl></w:abstractNum>"
    )
    first = numbering.find("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}num")
    if first is None:
        numbering.append(abstract)
    else:
        first.addprevious(abstract)
    numbering.append(
        parse_xml(
            f'<w:num {nsdecls("w")} w:numId="{_NUMBERING_ID}">'
            f'<w:abstractNumId w:val="{_NUMBERING_ID}"/></w:num>'
        )
    )


def _restamped(data: bytes) -> bytes:
    """The same archive with one fixed time for every entry."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in sorted(old.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            new.writestr(entry, old.read(name))
    return out.getvalue()
