"""A truth as pages, in the manners of real sites."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from layout_form import C, Table, Tables
from layout_truth import Truth

HEADINGS = (
    "总体情况",
    "主动公开政府信息情况",
    "收到和处理政府信息公开申请情况",
    "政府信息公开行政复议、行政诉讼情况",
    "存在的主要问题及改进情况",
    "其他需要报告的事项",
)
ORDINALS = "一二三四五六"
CellText = Callable[[C], str]
Wrap = Callable[[str, Truth], str]


def dated(day: tuple[int, int, int]) -> str:
    return f"{day[0]}年{day[1]}月{day[2]}日"


def iso(day: tuple[int, int, int]) -> str:
    return f"{day[0]}-{day[1]:02}-{day[2]:02}"


def plain_cell(cell: C) -> str:
    return escape(cell.text)


def word_cell(cell: C) -> str:
    """Word's exported html: MsoNormal, spans and o:p."""
    inner = escape(cell.text) or "&nbsp;"
    return (
        '<p class="MsoNormal" align="center" style="mso-pagination:widow-orphan;text-align:center">'
        f'<span lang="EN-US" style="font-size:10.5pt;mso-bidi-font-family:宋体">{inner}'
        "<o:p></o:p></span></p>"
    )


def span_each(cell: C) -> str:
    """A span a character, as some editors leave."""
    return "<p>" + "".join(f"<span>{escape(c)}</span>" for c in cell.text) + "</p>"


def nbsp_cell(cell: C) -> str:
    return f"&nbsp;{escape(cell.text)}&nbsp;&emsp;"


def broken_labels(cell: C) -> str:
    """A line break in the middle of every label, and in every head word."""
    text = cell.text
    if cell.kind == "value" or len(text) < 4:
        return escape(text)
    middle = len(text) // 2
    return f"{escape(text[:middle])}<br/>\n{escape(text[middle:])}"


def spaced_labels(cell: C) -> str:
    if cell.kind == "value" or len(cell.text) > 4:
        return escape(cell.text)
    return "&nbsp;&nbsp;".join(cell.text)


def paragraphs_in_labels(cell: C) -> str:
    text = cell.text
    if cell.kind == "value" or len(text) < 5:
        return f"<p>{escape(text)}</p>"
    return f"<p>{escape(text[:4])}</p>\n<p>{escape(text[4:])}</p>"


def indented_source(cell: C) -> str:
    return f"\n        \t{escape(cell.text)}\n      "


def empty_as_nbsp(cell: C) -> str:
    return escape(cell.text) or "&nbsp;"


def div_cell(cell: C) -> str:
    return f"<div><div style='width:60px'>{escape(cell.text)}</div></div>"


def hidden_extra(cell: C) -> str:
    return f"{escape(cell.text)}<span style='display:none'>9</span><!-- 8 -->"


def font_cell(cell: C) -> str:
    return f"<font face='宋体'><b>{escape(cell.text)}</b></font><br>"


def html_table(table: Table, cell_text: CellText = plain_cell, *, style: str = "border") -> str:
    """One grid; styles: border, thead, nothing closed, rows with widths."""
    tag = {"th": "th"}.get(style, "td")
    lines = []
    for number, row in enumerate(table):
        cells = []
        for cell in row:
            name = tag if cell.kind in ("label", "caption") else "td"
            spans = (f' colspan="{cell.cols}"' if cell.cols > 1 else "") + (
                f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
            )
            width = f' width="{47 * cell.cols}"' if style == "width" else ""
            close = "" if style == "open" else f"</{name}>"
            cells.append(f"<{name}{width}{spans}>{cell_text(cell)}{close}")
        close = "" if style == "open" else "</tr>"
        lines.append(f"<tr>{''.join(cells)}{close}")
        if style == "hidden" and number == 2:
            lines.append('<tr style="display:none">' + "<td>7</td>" * len(row) + "</tr>")
        if style == "zero":
            columns = sum(c.cols for c in table[0])
            if number == len(table) - 1:
                lines.append('<tr height="0">' + '<td width="40"></td>' * columns + "</tr>")
    if style == "thead":
        rows = "\n".join(lines)
        return f"<table><thead>{lines[0]}</thead><tbody>{rows[len(lines[0]) :]}</tbody></table>"
    if style == "tbodies":
        half = len(lines) // 2
        return (
            "<table><caption></caption><colgroup><col><col></colgroup><tbody>"
            + "\n".join(lines[:half]) + "</tbody><tbody>" + "\n".join(lines[half:])
            + "</tbody></table>"
        )  # fmt: skip
    if style == "bare":
        return "<table>" + "\n".join(lines) + "</table>"
    if style == "framed":
        return f"<div align=center><table border=0><tr><td><table border=1>{''.join(lines)}</table></td></tr></table></div>"
    return f'<table border="1" cellspacing="0">{"".join(lines)}</table>'


def heading(number: int, manner: str = "p") -> str:
    text, ordinal = HEADINGS[number], ORDINALS[number]
    manners = {
        "p": f"<p>{ordinal}、{text}</p>",
        "strong": f'<p style="text-indent:2em"><strong>　　{ordinal}、</strong><strong>{text}</strong></p>',
        "h2": f"<h2>{ordinal}、{text}</h2>",
        "br": f"{ordinal}、{text}<br>",
        "span": f"<p><span>{ordinal}</span><span>、</span><span>{text}</span></p>",
        "bracket": f"<p>（{ordinal}）{text}</p>",
        "digit": f"<p>{number + 1}.{text}</p>",
        "colon": f"<p><b>{ordinal}、{text}：</b></p>",
        "dot": f"<p><b>{ordinal}．{text}</b></p>",
        "spaced": f"<p>{ordinal} 、 {text}&nbsp;</p>",
        "div": f"<div><font size=4>{ordinal}、{text}</font></div>",
        "none": f"<p><b>{text}</b></p>",
    }
    return manners[manner]


def body(
    truth: Truth,
    tables: Tables,
    cell_text: CellText = plain_cell,
    *,
    style: str = "border",
    manner: str = "p",
    paragraph: str = "<p>{}</p>",
    sign: str = "<p style='text-align:right'>{who}</p><p style='text-align:right'>{day}</p>",
) -> str:
    lines = [paragraph.format("根据《中华人民共和国政府信息公开条例》规定，编制本报告。")]
    parts = {1: tables.two, 2: tables.three, 3: tables.four}
    for number in range(6):
        lines.append(heading(number, manner))
        for piece in parts.get(number, []):
            if isinstance(piece, str):
                lines.append(paragraph.format(piece))
            else:
                lines.append(html_table(piece, cell_text, style=style))
        lines += [paragraph.format(text) for text in truth.prose[number]]
    if truth.signed:
        lines.append(sign.format(who=truth.agency, day=dated(truth.signed)))
    return "\n".join(lines)


_MENU = "".join(
    f'<li><a href="/c{n}/">{name}</a></li>'
    for n, name in enumerate(
        ["首页", "机构概况", "政府信息公开年报", "法定主动公开内容", "互动交流"]
    )
)


def trs(inner: str, truth: Truth) -> str:
    """TRS WCM: meta tags, Custom_UnionStyle, view TRS_UEDITOR."""
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8">
<title>{truth.title}_{truth.agency}</title>
<meta name="SiteName" content="{truth.agency}"><meta name="ColumnName" content="政府信息公开年报">
<meta name="ArticleTitle" content="{truth.title}"><meta name="PubDate" content="{iso(truth.published)} 10:21">
<meta name="ContentSource" content="{truth.agency}"></head><body>
<div class="nav"><ul>{_MENU}</ul></div><div class="location">当前位置：首页 &gt; 政府信息公开年报</div>
<div class="content"><h1>{truth.title}</h1>
<div class="info"><span>发布时间：{iso(truth.published)} 10:21</span><span>来源：{truth.agency}</span></div>
<div class="view TRS_UEDITOR trs_paper_default"><div class="Custom_UnionStyle">{inner}</div></div>
<div class="share">分享到：</div></div><div class="footer">主办：{truth.agency} 备案号：京ICP备05000001号</div></body></html>"""


def jcms(inner: str, truth: Truth) -> str:
    """JCMS: comments around the content, a table of index fields, zoom."""
    return f"""<!doctype html><html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
<title>{truth.title}</title><meta name="pubdate" content="{iso(truth.published)} 09:00:00"></head><body>
<table width="1000" align="center"><tr><td>{_MENU}</td></tr><tr><td>
<table class="xxgk"><tr><td>索引号</td><td>014314799/2024-00002</td><td>发布日期</td><td>{iso(truth.published)}</td></tr>
<tr><td>发布机构</td><td>{truth.agency}</td><td>文号</td><td>&nbsp;</td></tr>
<tr><td>标题</td><td colspan="3">{truth.title}</td></tr></table>
<div class="main-fl-tit">{truth.title}</div>
<div id="zoom" class="bt_content"><!--ZJEG_RSS.content.begin--><meta name="ContentStart"/>{inner}<meta name="ContentEnd"/><!--ZJEG_RSS.content.end--></div>
</td></tr></table><script>var a="<p>七、</p>";</script></body></html>"""


def guangdong(inner: str, truth: Truth) -> str:
    """Guangdong's unified portal."""
    return f"""<html lang="zh"><head><meta charset="UTF-8"><title>{truth.title} - {truth.agency}网站</title>
<meta name="ArticleTitle" content="{truth.title}"/><meta name="PubDate" content="{iso(truth.published)} 16:43:00"/></head>
<body><header><nav>{_MENU}</nav></header><div class="wrap"><h3 class="zw-title">{truth.title}</h3>
<div class="zw-info"><span class="time">时间 : {iso(truth.published)} 16:43:00</span><span>来源 : 本网</span><span>浏览字号： 大 中 小</span></div>
<div class="zw">{inner}</div></div><footer>版权所有</footer></body></html>"""


def dreamweaver(inner: str, truth: Truth) -> str:
    """An old page laid out by tables, title on two lines, no meta."""
    return f"""<HTML><HEAD><META content="text/html; charset=utf-8" http-equiv=Content-Type><TITLE>{truth.agency}</TITLE></HEAD>
<BODY><TABLE border=0 width=760 align=center><TR><TD colspan=2><IMG src=top.jpg></TD></TR>
<TR><TD width=160 valign=top><TABLE><TR><TD><A href=a.htm>首页</A></TD></TR><TR><TD><A href=b.htm>政府信息公开年报</A></TD></TR></TABLE></TD>
<TD><TABLE width=600><TR><TD align=center><B>{truth.agency}<BR>{truth.year}年政府信息公开工作年度报告</B></TD></TR>
<TR><TD align=center>发布日期：{dated(truth.published)}　　浏览次数：12</TD></TR>
<TR><TD>{inner}</TD></TR></TABLE></TD></TR><TR><TD colspan=2 align=center>{truth.agency}主办</TD></TR></TABLE></BODY></HTML>"""


def word_page(inner: str, truth: Truth) -> str:
    """Word's own html export in a page without furniture."""
    return f"""<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">
<head><meta charset="utf-8"><meta name=Generator content="Microsoft Word 15"><title>{truth.title}</title>
<style>p.MsoNormal{{margin:0}} @page{{size:595pt 842pt}}</style><!--[if gte mso 9]><xml><w:WordDocument></w:WordDocument></xml><![endif]--></head>
<body lang=ZH-CN><div class=Section1><p class=MsoNormal align=center><b>{truth.agency}<o:p></o:p></b></p>
<p class=MsoNormal align=center><b><span lang=EN-US>{truth.year}</span>年政府信息公开工作年度报告<o:p></o:p></b></p>
<p class=MsoNormal align=center>发布时间：{iso(truth.published)}</p>{inner}</div></body></html>"""


def table_in_p(inner: str, truth: Truth) -> str:
    return trs(
        re.sub(r"(<table.*?</table>)", r"<p><span>\1</span></p>", inner, flags=re.DOTALL), truth
    )
