"""Word files and copies in text and Markdown: one entry, one deliberate difference."""

from __future__ import annotations

from collections.abc import Callable

import layout_changes as change
import layout_docx as word
import layout_text as copy
from layout_form import drawn
from layout_truth import Truth

Layout = Callable[[Truth], bytes]


def _word(changed: change.Change = change.same, **how: object) -> Layout:
    return lambda truth: word.docx(truth, changed(drawn(truth)), **how)  # type: ignore[arg-type]


def _text(
    lines: copy.Lines,
    changed: change.Change = change.same,
    encoding: str = "utf-8",
    ends: str = "\n",
    **how: str,
) -> Layout:
    def laid(truth: Truth) -> bytes:
        written = copy.text(truth, changed(drawn(truth)), lines, **how)
        return written.replace("\n", ends).encode(encoding)

    return laid


DOCX: dict[str, Layout] = {
    "word": _word(),
    "runs a character": _word(runs=word.character_runs),
    "tracked changes": _word(runs=word.tracked),
    "inline controls": _word(runs=word.controlled),
    "hidden text": _word(runs=word.hidden),
    "fields": _word(runs=word.field),
    "bookmarks": _word(runs=word.bookmarked),
    "smart tags": _word(runs=word.smart),
    "wps merges": _word(manner="wps"),
    "gridSpan 0": _word(manner="zero"),
    "tables without borders": _word(manner="borderless"),
    "floating tables": _word(manner="float"),
    "header rows": _word(manner="header"),
    "table in a control": _word(manner="control"),
    "rows in controls": _word(manner="rowcontrol"),
    "deleted row": _word(manner="rowtracked"),
    "tables in a frame": _word(manner="framed"),
    "tables in text boxes": _word(manner="textbox"),
    "labels in two paragraphs": _word(manner="halves"),
    "labels with breaks": _word(manner="breaks"),
    "automatic numbers": _word(headings="list"),
    "outline levels": _word(headings="styled"),
    "title with a break": _word(title="break"),
    "title on one line": _word(title="one"),
    "sign with a break": _word(sign="break"),
    "sign behind blanks": _word(sign="blanks"),
    "tables without a gap": _word(gap="", changed=change.four_tables),
    "docx four tables": _word(change.four_tables),
    "docx captions lost": _word(change.captions_lost),
    "docx short rows": _word(change.short_rows),
    "docx no spans": _word(change.no_spans_at_all),
    "docx labels repeated": _word(change.labels_repeated),
    "docx glued": _word(change.labels_glued),
    "docx two label columns": _word(change.two_label_columns),
    "docx cut with header": _word(change.cut_over_pages(header=True)),
    "docx cut without header": _word(change.cut_over_pages(header=False, at=17)),
    "docx cut glued together": _word(change.cut_over_pages(header=False), gap=""),
    "docx captions over tables": _word(change.captions_over_tables),
    "docx remark rows": _word(change.remark_row),
    "docx spacer column": _word(change.spacer_column_left),
    "docx serial": _word(change.serial_column),
    "docx remark column": _word(change.remark_column),
}

TEXTS: dict[str, Layout] = {
    "cell a line": _text(copy.cell_lines, between="\n\n\n"),
    "cell a line, broken labels": _text(copy.cell_lines_crossing, between="\n\n\n"),
    "cell a line, windows": _text(copy.cell_lines, ends="\r\n", between="\n\n\n"),
    "cell a line, gb18030": _text(copy.cell_lines, encoding="gb18030", between="\n\n\n"),
    "cell a line, utf-16": _text(copy.cell_lines, encoding="utf-16", between="\n\n\n"),
    "cell a line, four tables": _text(copy.cell_lines, change.four_tables, between="\n\n\n"),
    "cell a line, captions lost": _text(copy.cell_lines, change.captions_lost, between="\n\n\n"),
    "cell a line, glued": _text(copy.cell_lines, change.labels_glued, between="\n\n\n"),
    "cell a line, cut": _text(
        copy.cell_lines, change.cut_over_pages(header=False), between="\n\n\n"
    ),
    "cell a line, remark rows": _text(copy.cell_lines, change.remark_row, between="\n\n\n"),
    "tab rows": _text(copy.tab_rows),
    "tab rows filled": _text(copy.tab_rows_filled),
    "tab rows repeated": _text(copy.tab_rows_repeated),
    "tab rows spaced": _text(copy.tab_rows_spaced),
    "tab rows, tight": _text(copy.tab_rows, between="\n"),
    "tab rows, captions over": _text(copy.tab_rows, change.captions_over_tables, between="\n"),
    "copied from a browser": _text(copy.spreadsheet),
    "copied, tight, windows": _text(copy.spreadsheet, between="\n", ends="\r\n"),
    "copied, four tables": _text(copy.spreadsheet, change.four_tables),
    "copied, BOM": _text(copy.spreadsheet, encoding="utf-8-sig"),
    "tab rows, two label columns": _text(copy.tab_rows_filled, change.two_label_columns),
    "tab rows, glued": _text(copy.tab_rows, change.labels_glued),
    "tab rows, one header row": _text(copy.tab_rows, change.one_head_row),
    "tab rows, title on two lines": _text(
        copy.tab_rows, title="{a}\n{y}年政府信息公开工作年度报告"
    ),
}

_MD = {"heading": "## {o}、{t}", "title": "# {t}", "paragraph": "{}"}
MARKDOWN: dict[str, Layout] = {
    "pipes": _text(copy.pipe("blank"), **_MD),
    "pipes repeated": _text(copy.pipe("both"), **_MD),
    "pipes repeated down": _text(copy.pipe("down"), **_MD),
    "pipes repeated right": _text(copy.pipe("right"), **_MD),
    "pipes without edges": _text(copy.pipe("blank", edges=False), **_MD),
    "pipes with breaks": _text(copy.pipe_broken, **_MD),
    "pipes with an empty head": _text(copy.pipe_empty_head, **_MD),
    "pipes, four tables": _text(copy.pipe("blank"), change.four_tables, **_MD),
    "pipes, captions outside": _text(copy.pipe("blank"), change.captions_outside, **_MD),
    "pipes, glued": _text(copy.pipe("blank"), change.labels_glued, **_MD),
    "pipes, one header row": _text(copy.pipe("blank"), change.one_head_row, **_MD),
    "pipes, windows": _text(copy.pipe("blank"), ends="\r\n", **_MD),
    "bold headings": _text(
        copy.pipe("blank"), heading="**{o}、{t}**", title="**{t}**", paragraph="{}"
    ),
    "html in markdown": _text(copy.html_in_markdown, **_MD),
    "captions over pipes": _text(copy.pipe("both"), change.captions_over_tables, **_MD),
}

PRINTED = (
    ("word", "sparse21"),
    ("automatic numbers", "balanced19"),
    ("docx four tables", "balanced19"),
    ("docx remark rows", "sparse21"),
    ("docx captions over tables", "balanced19"),
    ("docx cut without header", "blank21"),
    ("floating tables", "sparse21"),
    ("header rows", "balanced19"),
    ("docx two label columns", "sparse21"),
    ("docx labels repeated", "balanced19"),
    ("docx short rows", "blank21"),
    ("sign behind blanks", "blank21"),
)
