"""A manuscript as Word and WPS save it as a web page, pasted into a site's own layout table.

Numbers are torn over several spans, blank cells hold an empty `o:p`, labels break into paragraphs,
and instructions for other versions of Word stand in comments between the rows.
"""

from __future__ import annotations

from html import escape
from random import Random
from typing import Literal

from duban.samples.chance import chance
from duban.samples.manuscript import Manuscript
from duban.samples.tables import Printed, PrintedTable, printed_tables

Program = Literal["mso", "wps"]
NAMESPACES = (
    ' xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:w="urn:schemas-microsoft-com:office:word" xmlns="http://www.w3.org/TR/REC-html40"'
)
HEAD = """<meta name="ProgId" content="Word.Document">
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Print</w:View><w:Zoom>100</w:Zoom>
<w:DrawingGridVerticalSpacing>15.6</w:DrawingGridVerticalSpacing></w:WordDocument></xml><![endif]-->
<style><!--
 /* Style Definitions */
 p.MsoNormal {mso-style-unhide:no; mso-style-qformat:yes; mso-pagination:none; font-size:10.5pt;}
 table.MsoNormalTable {mso-style-name:普通表格; mso-tstyle-rowband-size:0; mso-style-priority:99;}
--></style>
"""
_FAR_EAST = "font-family:仿宋_GB2312;mso-hansi-font-family:宋体;mso-bidi-font-family:宋体"
_SOFT_HYPHEN, _ZERO_WIDTH = "&shy;", "&#8203;"
_TORN_SHARE = 0.5


def exported_article(paper: Manuscript, program: Program) -> str:
    """Title, parts and tables inside a layout table, with a column of the site beside."""
    rng = chance("export", paper.agency.id, paper.year)
    lines = [_line(text, rng, "center", "22.0pt") for text in paper.title_lines()]
    lines += [_line(text, rng) for p in paper.preface for text in p.lines()]
    for part in paper.parts:
        lines.append(_line(part.printed_heading(), rng, weight="bold"))
        lines += [_line(text, rng) for p in part.paragraphs for text in p.lines()]
        for table in printed_tables(paper, part.table) if part.table else ():
            lines.append(_table(table, program, rng))
    lines += [_line(text, rng, "right") for text in paper.signature]
    inside = "\n".join(lines)
    return (
        '<table width="100%" border="0" cellpadding="0"><tbody><tr>\n'
        '<td width="160" valign="top"><p>信息公开</p><p>公开指南</p><p>公开年报</p></td>\n'
        f'<td valign="top"><div class="WordSection1" style="layout-grid:15.6pt">\n{inside}\n'
        "</div></td>\n</tr></tbody></table>"
    )


def _line(
    text: str, rng: Random, align: str = "justify", size: str = "16.0pt", weight: str = "normal"
) -> str:
    indent = "text-indent:32.0pt;mso-char-indent-count:2.0;" if align == "justify" else ""
    return (
        f"<p class=MsoNormal align={align} style='{indent}line-height:28.0pt'>"
        f"<span style='font-size:{size};font-weight:{weight};{_FAR_EAST}'>{_spans(text, rng)}"
        "<span lang=EN-US><o:p></o:p></span></span></p>"
    )


def _spans(text: str, rng: Random) -> str:
    """Runs of digits in spans of their own, some torn in the middle."""
    pieces: list[str] = []
    digits = ""
    for char in f"{text}\0":
        if char.isascii() and char.isdigit():
            digits += char
            continue
        if digits:
            pieces += [f"<span lang=EN-US>{part}</span>" for part in _torn(digits, rng)]
            digits = ""
        pieces.append("" if char == "\0" else escape(char))
    return "".join(pieces)


def _torn(digits: str, rng: Random) -> list[str]:
    if len(digits) < 2 or rng.random() >= _TORN_SHARE:
        return [digits]
    at = rng.randint(1, len(digits) - 1)
    return [digits[:at], digits[at:]]


def _table(table: PrintedTable, program: Program, rng: Random) -> str:
    rows = "\n".join(_row(row, program, rng) for row in table.rows())
    kind = "MsoNormalTable" if program == "mso" else "MsoTableGrid"
    return (
        f"<div align=center>\n<table class={kind} border=1 cellspacing=0 cellpadding=0 "
        "style='border-collapse:collapse;mso-yfti-tbllook:1184;mso-padding-alt:0cm 5.4pt 0cm "
        f"5.4pt'>\n{rows}\n{_widths(table) if program == 'mso' else ''}</table>\n</div>"
    )


def _widths(table: PrintedTable) -> str:
    """The row without height that gives Word the widths of the columns."""
    cells = "".join("<td width=56 style='border:none'></td>" for _ in range(table.width))
    return f"<![if !supportMisalignedColumns]>\n<tr height=0>{cells}</tr>\n<![endif]>\n"


def _row(row: list[Printed], program: Program, rng: Random) -> str:
    cells = "\n".join(_cell(cell, program, rng) for cell in row)
    return f"<tr style='mso-yfti-irow:{row[0].row if row else 0};height:22.0pt'>\n{cells}\n</tr>"


def _cell(cell: Printed, program: Program, rng: Random) -> str:
    spans = f" rowspan={cell.rowspan}" if cell.rowspan > 1 else ""
    spans += f" colspan={cell.colspan}" if cell.colspan > 1 else ""
    style = "width:42.6pt;border:solid windowtext 1.0pt;mso-border-alt:solid windowtext .5pt"
    if program == "wps":
        style += ";mso-border-left-alt:0.5000pt solid windowtext"
    lines = "\n".join(_cell_line(text, cell, program, rng) for text in _lines(cell, rng))
    return f"<td width=57{spans} valign=center style='{style}'>\n{lines}\n</td>"


def _lines(cell: Printed, rng: Random) -> list[str]:
    """The paragraphs of a cell: long labels may break into two, an empty one follow a number."""
    if cell.value:
        return [cell.text, ""] if cell.text and rng.random() < 0.1 else [cell.text]
    if len(cell.text) < 4 or rng.random() < 0.5:
        return [cell.text]
    at = len(cell.text) // 2
    return [cell.text[:at], cell.text[at:]]


def _cell_line(text: str, cell: Printed, program: Program, rng: Random) -> str:
    inside = _value(text, rng) if cell.value else _label(text, rng)
    if program == "mso":
        span = f"<span lang=EN-US style='font-size:9.0pt'>{inside}<o:p></o:p></span>"
    else:
        span = (
            f"<span style=\"mso-spacerun:'yes';font-family:宋体\">{inside}</span>"
            "<span style=\"mso-spacerun:'yes'\"><o:p></o:p></span>"
        )
    return f"<p class=MsoNormal align=center style='text-align:center'>{span}</p>"


def _value(text: str, rng: Random) -> str:
    if not text:
        return "<o:p>&nbsp;</o:p>"
    if not text.isdigit():
        return escape(text)
    way = rng.randrange(8)
    if way == 0:
        return f"&nbsp;{text}&nbsp;"
    if way == 1:
        return f"{text}{_ZERO_WIDTH}"
    if way == 2:
        return f"{text[:1]}{_SOFT_HYPHEN}{text[1:]}"
    if way == 3:
        return f"<!--[if supportFields]><span>=SUM(ABOVE) 7</span><![endif]-->{text}<br>"
    return "".join(
        f"<span style='mso-bidi-font-size:9.0pt'>{part}</span>" if n else part
        for n, part in enumerate(_torn(text, rng))
    )


def _label(text: str, rng: Random) -> str:
    if len(text) > 5 and rng.random() < 0.3:
        return escape(text[:3]) + rng.choice((_SOFT_HYPHEN, _ZERO_WIDTH)) + escape(text[3:])
    return escape(text)
