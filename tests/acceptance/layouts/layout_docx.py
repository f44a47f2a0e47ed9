"""A truth as docx written part by part, in the manners of Word and WPS."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from html import escape

from layout_form import Table, Tables, width
from layout_html import HEADINGS, ORDINALS, dated
from layout_truth import Truth

_NS = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
_TYPES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>{}</Types>"""
_RELS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"""
_NUMBERING = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:numbering {_NS}><w:abstractNum w:abstractNumId="3"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="%1、"/></w:lvl></w:abstractNum><w:num w:numId="7"><w:abstractNumId w:val="3"/></w:num></w:numbering>"""

Runs = Callable[[str], str]


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""


def character_runs(text: str) -> str:
    return "".join(run(c) for c in text)


def tracked(text: str) -> str:
    """Every text was inserted; something else was deleted before it."""
    return f'<w:del w:id="1" w:author="a"><w:r><w:delText>99</w:delText></w:r></w:del><w:ins w:id="2" w:author="a">{run(text)}</w:ins>'


def controlled(text: str) -> str:
    """An inline content control."""
    return f"<w:sdt><w:sdtPr/><w:sdtContent>{run(text)}</w:sdtContent></w:sdt>"


def hidden(text: str) -> str:
    return f"{run(text)}<w:r><w:rPr><w:vanish/></w:rPr><w:t>8</w:t></w:r>"


def field(text: str) -> str:
    """The result of a complex field."""
    if not text:
        return ""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> =SUM(LEFT) </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run(text)}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def bookmarked(text: str) -> str:
    return f'<w:bookmarkStart w:id="0" w:name="_GoBack"/>{run(text)}<w:bookmarkEnd w:id="0"/><w:proofErr w:type="spellStart"/>'


def smart(text: str) -> str:
    return f"<w:smartTag>{run(text)}</w:smartTag>"


def paragraph(text: str, runs: Runs = run, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{runs(text)}</w:p>"


def docx_table(table: Table, runs: Runs = run, manner: str = "") -> str:
    """Spans as gridSpan and vMerge; manners: grid (no gridSpan zero), float, header, control, rowcontrol."""
    columns = width(table)
    held: dict[int, tuple[int, int]] = {}
    rows = []
    for number, row in enumerate(table):
        place, cells, left = 0, [], list(row)
        while place < columns and (left or place in held):
            if place in held:
                cols, rest = held[place]
                merge = '<w:vMerge w:val="continue"/>' if manner == "wps" else "<w:vMerge/>"
                cells.append(_cell("", cols, merge, runs))
                held.pop(place)
                if rest > 1:
                    held[place] = (cols, rest - 1)
                place += cols
                continue
            cell = left.pop(0)
            merge = '<w:vMerge w:val="restart"/>' if cell.rows > 1 else ""
            cells.append(_cell(cell.text, cell.cols, merge, runs, manner))
            if cell.rows > 1:
                held[place] = (cell.cols, cell.rows - 1)
            place += cell.cols
        header = "<w:trPr><w:tblHeader/></w:trPr>" if manner == "header" and number < 3 else ""
        line = f"<w:tr>{header}{''.join(cells)}</w:tr>"
        if manner == "rowcontrol":
            line = f"<w:sdt><w:sdtPr/><w:sdtContent>{line}</w:sdtContent></w:sdt>"
        if manner == "rowtracked":
            gone = re.sub(r"<w:t [^>]*>([^<]*)</w:t>", r"<w:delText>5</w:delText>", line)
            gone = gone.replace("<w:tr>", "<w:tr><w:trPr><w:del w:id='4' w:author='a'/></w:trPr>")
            line += gone if number == len(table) - 1 and not any(c.rows > 1 for c in row) else ""
        rows.append(line)
    position = (
        '<w:tblpPr w:leftFromText="180" w:vertAnchor="text" w:tblpY="1"/>'
        if manner == "float"
        else ""
    )
    grid = f"<w:gridCol w:w='{9000 // columns}'/>" * columns
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    position += "" if manner == "borderless" else f"<w:tblBorders>{borders}</w:tblBorders>"
    built = f"<w:tbl><w:tblPr>{position}<w:tblW w:w='0' w:type='auto'/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    if manner == "control":
        return f"<w:sdt><w:sdtPr/><w:sdtContent>{built}</w:sdtContent></w:sdt>"
    if manner == "framed":
        return f"<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc><w:tcPr/>{built}<w:p/></w:tc></w:tr></w:tbl>"
    if manner == "textbox":
        return f'<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><wps:txbx><w:txbxContent>{built}<w:p/></w:txbxContent></wps:txbx></mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent>{built}<w:p/></w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>'
    return built


def _cell(text: str, cols: int, merge: str, runs: Runs, manner: str = "") -> str:
    span = f'<w:gridSpan w:val="{cols}"/>' if cols > 1 else ""
    if manner == "zero" and cols == 1:
        span = '<w:gridSpan w:val="0"/>'
    if manner == "halves" and len(text) > 5 and not text[0].isdigit():
        inner = paragraph(text[:3], runs) + paragraph(text[3:], runs)
    elif manner == "breaks" and len(text) > 5 and not text[0].isdigit():
        inner = f"<w:p>{runs(text[:3])}<w:r><w:br/></w:r>{runs(text[3:])}</w:p>"
    else:
        inner = paragraph(text, runs)
    return f"<w:tc><w:tcPr><w:tcW w:w='{600 * cols}'/>{span}{merge}</w:tcPr>{inner}</w:tc>"


def docx(
    truth: Truth,
    tables: Tables,
    *,
    runs: Runs = run,
    manner: str = "",
    headings: str = "typed",
    title: str = "two lines",
    sign: str = "two lines",
    gap: str = "<w:p/>",
) -> bytes:
    lines = []
    kind = f"{truth.year}年政府信息公开工作年度报告"
    if title == "two lines":
        lines += [paragraph(truth.agency, runs), paragraph(kind, runs)]
    elif title == "break":
        lines.append(f"<w:p>{run(truth.agency)}<w:r><w:br/></w:r>{run(kind)}</w:p>")
    else:
        lines.append(paragraph(truth.title, runs))
    lines.append(paragraph("根据《中华人民共和国政府信息公开条例》规定，编制本报告。"))
    parts = {1: tables.two, 2: tables.three, 3: tables.four}
    for number, text in enumerate(HEADINGS):
        if headings == "list":
            numbered = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="7"/></w:numPr>'
            lines.append(paragraph(text, runs, numbered))
        elif headings == "styled":
            lines.append(
                paragraph(f"{ORDINALS[number]}、{text}", runs, '<w:outlineLvl w:val="0"/>')
            )
        else:
            lines.append(paragraph(f"{ORDINALS[number]}、{text}", runs))
        for piece in parts.get(number, []):
            if isinstance(piece, str):
                lines.append(paragraph(piece))
            else:
                lines += [docx_table(piece, runs, manner), gap]
        lines += [paragraph(line) for line in truth.prose[number]]
    if truth.signed and sign == "two lines":
        lines += [paragraph(truth.agency), paragraph(dated(truth.signed))]
    elif truth.signed and sign == "blanks":
        lines += [
            "<w:p/>",
            paragraph(" " * 34 + truth.agency),
            paragraph(" " * 34 + dated(truth.signed)),
        ]
    elif truth.signed:
        lines.append(f"<w:p>{run(truth.agency)}<w:r><w:br/></w:r>{run(dated(truth.signed))}</w:p>")
    body = "".join(lines)
    document = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document {_NS}><w:body>{body}<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1400" w:bottom="1440" w:left="1400"/></w:sectPr></w:body></w:document>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        override = ""
        if headings == "list":
            override = '<Override PartName="/word/numbering.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"/>'
        package.writestr("[Content_Types].xml", _TYPES.format(override))
        package.writestr("_rels/.rels", _RELS)
        package.writestr("word/document.xml", document)
        if headings == "list":
            package.writestr(
                "word/_rels/document.xml.rels",
                '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/numbering" Target="numbering.xml"/></Relationships>',
            )
            package.writestr("word/numbering.xml", _NUMBERING)
    return buffer.getvalue()
