"""A manuscript as docx with spans, and headings numbered by Word or by hand."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from random import Random
from typing import Any

from duban.samples.manuscript import Manuscript, Part
from duban.samples.tables import Printed, PrintedTable, printed_tables

_STAMP = (1980, 1, 1, 0, 0, 0)
_NUMBERING_ID = 47
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PROPERTIES = '<w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="0" w:type="auto"/></w:tblPr>'


@dataclass(frozen=True)
class WordStyle:
    """How a document is built.

    `split`: sub-tables of table 2 apart; `nested`: each table inside a layout table; `framed`:
    the whole document inside one; `shifted`: rows that leave out grid columns at their sides;
    `torn`: numbers in several runs; `revised`: numbers corrected as tracked changes.
    """

    split: bool = False
    nested: bool = False
    headings: bool = True
    framed: bool = False
    shifted: bool = False
    torn: bool = False
    revised: bool = False

    @classmethod
    def draw(cls, rng: Random) -> WordStyle:
        """A style at random."""
        drawn = (rng.random() < share for share in (0.4, 0.2, 0.5, 0.15, 0.2, 0.3, 0.1))
        return cls(*drawn)


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
    if style.framed:
        _frame(document.element.body)
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
    from docx.oxml import parse_xml

    inner = _table_xml(table, style)
    if style.nested:
        around = '<w:tblGrid><w:gridCol w:w="8860"/></w:tblGrid>'
        inner = f"<w:tbl>{_PROPERTIES}{around}<w:tr><w:tc>{inner}<w:p/></w:tc></w:tr></w:tbl>"
    element = parse_xml(inner.replace("<w:tbl>", f'<w:tbl xmlns:w="{_W}">', 1))
    document.element.body.insert_element_before(element, "w:sectPr")


def _frame(body: Any) -> None:
    """Puts everything but the section's properties into a layout table with a side column."""
    from docx.oxml import parse_xml

    frame = parse_xml(
        f'<w:tbl xmlns:w="{_W}">{_PROPERTIES}<w:tblGrid><w:gridCol w:w="900"/>'
        '<w:gridCol w:w="8860"/></w:tblGrid><w:tr><w:tc><w:p><w:r><w:t>信息公开</w:t></w:r></w:p>'
        "</w:tc><w:tc/></w:tr></w:tbl>"
    )
    content = frame.findall(f".//{{{_W}}}tc")[1]
    for block in list(body)[:-1]:
        content.append(block)
    content.append(parse_xml(f'<w:p xmlns:w="{_W}"/>'))
    body.insert(0, frame)


def _table_xml(table: PrintedTable, style: WordStyle) -> str:
    """The table with gridSpan and vMerge, as Word writes it."""
    widths = _widths(table)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in _grid(widths, style))
    rows = "".join(_row_xml(row, n, widths, style) for n, row in enumerate(table.matrix()))
    return f"<w:tbl>{_PROPERTIES}<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"


def _widths(table: PrintedTable) -> list[int]:
    """Column widths in twentieths of a point."""
    if table.name == "applications":
        values = table.width - 3
        return [620, 900, 6480 - values * 640 + 640, *[640] * values]
    return [8800 // table.width] * table.width


def _grid(widths: list[int], style: WordStyle) -> list[int]:
    """The grid's columns: where rows are shifted, a narrow one more at each side."""
    return [40, *widths, 40] if style.shifted else widths


def _row_xml(
    row: list[tuple[Printed, bool]], number: int, widths: list[int], style: WordStyle
) -> str:
    cells = list(dict.fromkeys(id(cell) for cell, _ in row))
    printed = {id(cell): cell for cell, _ in row}
    # A merged cell must have the same edges in all its rows, so such rows fill the first column.
    is_moved = style.shifted and printed[cells[0]].rowspan == 1
    sides = '<w:gridBefore w:val="1"/><w:gridAfter w:val="1"/>' if is_moved else ""
    if style.shifted and not is_moved:
        sides = '<w:gridAfter w:val="1"/>'
    properties = f"<w:trPr>{sides}</w:trPr>" if sides else ""
    texts = []
    for at, key in enumerate(cells):
        extra = 1 if style.shifted and not is_moved and not at else 0
        texts.append(_cell_xml(printed[key], number, widths, extra, style))
    return f"<w:tr>{properties}{''.join(texts)}</w:tr>"


def _cell_xml(cell: Printed, number: int, widths: list[int], extra: int, style: WordStyle) -> str:
    """A cell, or the continuation of one that is merged downwards; `extra` grid columns wider."""
    width = sum(widths[cell.column : cell.column + cell.colspan])
    shape = f'<w:tcW w:w="{width}" w:type="dxa"/>'
    span = cell.colspan + extra
    shape += f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    if cell.rowspan > 1:
        shape += '<w:vMerge w:val="restart"/>' if cell.row == number else "<w:vMerge/>"
    runs = _runs(cell, style) if cell.row == number else ""
    return f"<w:tc><w:tcPr>{shape}</w:tcPr><w:p>{runs}</w:p></w:tc>"


def _runs(cell: Printed, style: WordStyle) -> str:
    text = cell.text
    if not text:
        return ""
    if not cell.value or not text.isdigit():
        return _run(text)
    if style.revised and cell.column % 3 == 0:
        mark = 'w:id="{}" w:author="核稿" w:date="2024-01-10T09:00:00Z"'
        gone = f"<w:r><w:delText>{int(text) + 4}</w:delText></w:r>"
        return f"<w:del {mark.format(1)}>{gone}</w:del><w:ins {mark.format(2)}>{_run(text)}</w:ins>"
    if style.torn and len(text) > 1:
        return f'{_run(text[:1])}<w:proofErr w:type="gramStart"/>{_run(text[1:])}'
    return _run(text)


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


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
    first = numbering.find(f"{{{_W}}}num")
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
