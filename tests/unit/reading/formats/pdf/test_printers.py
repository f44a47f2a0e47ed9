"""The same tables printed by other programs are read as the same grids."""

from __future__ import annotations

import io
import subprocess

import docx
from docx.shared import Pt

HEADS = {
    "disclosure": "二、主动公开政府信息情况",
    "applications": "三、收到和处理政府信息公开申请情况",
    "disputes": "四、政府信息公开行政复议、行政诉讼情况",
}
STYLES = {
    "collapsed": "table{border-collapse:collapse}td{border:1px solid #000;padding:2px 4px}",
    "dotted": "table{border-collapse:collapse}td{border:1px dotted #000}",
    "dashed": "table{border-collapse:collapse}td{border:2px dashed #888;text-align:center}",
    "shaded": "table{border-collapse:collapse}td{border:1px solid #bbb}"
    "tr:nth-child(even){background:#eef}",
    "double": "table{border-collapse:collapse}td{border:3px double #000}",
    "small": "table{border-collapse:collapse;font-size:9px}td{border:1px solid #000}",
}
PARAGRAPH = "本报告根据条例编制，全年共受理申请1234件，其中结转下年度继续办理12件。"


def test_pages_printed_by_chromium(chromium, tmp_path, form, source, read_grids, same):
    """One file holds the report once in each style, so that the program starts once."""
    rules = "".join(
        f".{name} {rule}".replace("}td", f"}}.{name} td").replace("}tr", f"}}.{name} tr")
        for name, rule in STYLES.items()
    )
    tables = "".join(
        f"<h2>{head}</h2><table>{_html(form[name])}</table>" for name, head in HEADS.items()
    )
    body = "".join(
        f"<div class={name}><h1>年度报告之{name}</h1>{f'<p>{PARAGRAPH * 5}</p>' * n}{tables}</div>"
        for n, name in enumerate(STYLES)
    )
    page = tmp_path / "report.html"
    page.write_text(
        "<meta charset=utf-8><style>table{width:100%}tr{break-inside:avoid}div{break-after:page}"
        f"{rules}</style>{body}", "utf-8",
    )  # fmt: skip
    out = tmp_path / "report.pdf"
    subprocess.run(
        [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
         f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={out}", str(page)],
        capture_output=True, timeout=180, check=True,
    )  # fmt: skip

    for grid, name in zip(read_grids(out.read_bytes()), [*HEADS] * len(STYLES), strict=True):
        same(grid, source(form[name]))


def test_docx_printed_by_libreoffice(soffice, tmp_path, form, source, read_grids, same):
    """Different lengths of text before the tables cut them at different rows."""
    paths = []
    for before, points in ((0, 9), (1, 8), (3, 9), (9, 8)):
        paths.append(tmp_path / f"report-{before}-{points}.docx")
        paths[-1].write_bytes(_docx(form, source, before, points))
    subprocess.run(
        [soffice, "--headless", f"-env:UserInstallation=file://{tmp_path / 'profile'}",
         "--convert-to", "pdf", "--outdir", str(tmp_path), *map(str, paths)],
        capture_output=True, timeout=240, check=True,
    )  # fmt: skip

    for path in paths:
        for grid, name in zip(
            read_grids(path.with_suffix(".pdf").read_bytes()), HEADS, strict=True
        ):
            same(grid, source(form[name]))


def _html(rows):
    return "".join(
        "<tr>" + "".join(f"<td rowspan={r} colspan={c}>{text}</td>" for text, r, c in row) + "</tr>"
        for row in rows
    )


def _docx(form, source, before: int, points: int) -> bytes:
    document = docx.Document()
    for _ in range(before):
        document.add_paragraph(f"　　{PARAGRAPH * 2}")
    for name, head in HEADS.items():
        document.add_paragraph(head)
        cells = source(form[name])
        width = max(cell.column + cell.colspan for cell in cells)
        table = document.add_table(len(form[name]), width)
        table.style = "Table Grid"
        for text, row, column, rowspan, colspan in cells:
            place = table.cell(row, column)
            if rowspan > 1 or colspan > 1:
                place = place.merge(table.cell(row + rowspan - 1, column + colspan - 1))
            place.text = text
            place.paragraphs[0].runs[0].font.size = Pt(points)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
