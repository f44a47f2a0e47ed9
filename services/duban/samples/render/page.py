"""A manuscript as html, in the table styles that portals really use."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from random import Random
from typing import Literal

from duban.samples import encoding
from duban.samples.data import stylesheet
from duban.samples.manuscript import Manuscript
from duban.samples.render.exported import HEAD, NAMESPACES, exported_article
from duban.samples.tables import Printed, PrintedTable, printed_tables

TableStyle = Literal["word", "clean", "nested", "split", "mso", "wps"]
STYLES: tuple[TableStyle, ...] = ("word", "clean", "nested", "split", "mso", "wps")


@dataclass(frozen=True)
class PageStyle:
    """How a site prints a page; `breaks` splits header words by <br>.

    `encoding` is a name of samples.encoding.
    """

    table: TableStyle
    encoding: str = "utf-8"
    half_width: bool = False
    breaks: bool = False
    meta: bool = True
    blanks: bool = False

    @classmethod
    def draw(cls, rng: Random) -> PageStyle:
        """A style at random."""
        return cls(
            rng.choice(STYLES),
            encoding.draw(rng),
            rng.random() < 0.25,
            rng.random() < 0.4,
            rng.random() < 0.8,
            rng.random() < 0.3,
        )


def html_bytes(paper: Manuscript, style: PageStyle, *, site: str = "", head: str = "") -> bytes:
    """The page's bytes in the encoding it declares."""
    is_exported = style.table in ("mso", "wps")
    body = article(paper, style)
    title = escape("".join(paper.title_lines()))
    page = (
        f"<!DOCTYPE html>\n<html{NAMESPACES if is_exported else ''}>\n<head>\n"
        f"{encoding.declaration(style.encoding)}<title>{title}</title>\n"
        f"{head}{HEAD if is_exported else ''}{stylesheet()}</head>\n<body>\n"
        f'<div class="crumb">当前位置：{escape(site or "首页")} &gt; 政府信息公开年报</div>\n'
        f"{body}\n"
        '<div class="foot">主办单位：望岚县人民政府办公室　网站标识码：9904210001</div>\n'
        "</body>\n</html>\n"
    )
    return encoding.encoded(page, style.encoding)


def article(paper: Manuscript, style: PageStyle) -> str:
    """Title, parts and tables as html."""
    if style.table in ("mso", "wps"):
        return exported_article(paper, style.table)
    lines = [_title(paper, style), '<div class="article">']
    if style.meta:
        lines.append(f'<p class="info">发布日期：{paper.published_on}</p>')
    lines += [_paragraph(text, style) for p in paper.preface for text in p.lines()]
    for part in paper.parts:
        lines.append(_heading(part.printed_heading(), style))
        lines += [_paragraph(text, style) for p in part.paragraphs for text in p.lines()]
        if part.table:
            tables = printed_tables(paper, part.table, split=style.table == "split")
            lines += [_table(table, style) for table in tables]
    lines += [f'<p style="text-align:right">{escape(text)}</p>' for text in paper.signature]
    lines.append("</div>")
    return "\n".join(lines)


def _title(paper: Manuscript, style: PageStyle) -> str:
    inside = "<br>".join(escape(line) for line in paper.title_lines())
    if style.table == "word":
        return f'<p align="center"><b><span style="font-size:22pt">{inside}</span></b></p>'
    return f"<h1>{inside}</h1>"


def _heading(text: str, style: PageStyle) -> str:
    if style.table == "clean":
        return f"<h2>{escape(text)}</h2>"
    return f'<p style="text-indent:2em"><strong>{escape(text)}</strong></p>'


def _paragraph(text: str, style: PageStyle) -> str:
    inside = escape(text)
    if style.table == "word":
        return f'<p style="text-indent:32pt"><span style="font-family:仿宋">{inside}</span></p>'
    return f"<p>&emsp;&emsp;{inside}</p>"


def _table(table: PrintedTable, style: PageStyle) -> str:
    rows = "\n".join(_row(row, table, style) for row in table.rows())
    inner = f'<table border="1" cellspacing="0">\n<tbody>\n{rows}\n</tbody>\n</table>'
    if style.table == "nested":
        return f'<table class="layout"><tr><td>\n{inner}\n</td></tr></table>'
    return inner


def _row(row: list[Printed], table: PrintedTable, style: PageStyle) -> str:
    return "<tr>" + "".join(_cell(cell, style) for cell in row) + "</tr>"


def _cell(cell: Printed, style: PageStyle) -> str:
    tag = "th" if cell.head and style.table == "clean" else "td"
    spans = f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
    spans += f' colspan="{cell.colspan}"' if cell.colspan > 1 else ""
    inside = cell_text(cell, style)
    if style.table == "word":
        width = ' style="width:42.6pt;border:1px solid windowtext;padding:0cm 5.4pt"'
        return f"<{tag}{spans}{width}><p align=center>{inside}</p></{tag}>"
    return f"<{tag}{spans}>{inside}</{tag}>"


def cell_text(cell: Printed, style: PageStyle) -> str:
    """The html of a cell's text: brackets, breaks and no-break spaces of the style."""
    text = cell.text
    if style.half_width:
        text = text.replace("（", "(").replace("）", ")").replace("：", ": ")
    if style.breaks and cell.head and cell.row and len(text) == 4 and text.isalpha():
        return f"{text[:2]}<br>{text[2:]}"
    if cell.value and not text:
        return "&nbsp;"
    if cell.value and style.blanks:
        return f"&nbsp;{escape(text)}&nbsp;" if cell.column % 2 else f"{escape(text)} "
    return escape(text)
