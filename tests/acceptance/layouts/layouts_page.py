"""Pages: every entry is one deliberately different way of publishing the same report."""

from __future__ import annotations

from collections.abc import Callable

import layout_changes as change
import layout_html as page
from layout_form import drawn
from layout_truth import Truth

Layout = Callable[[Truth], bytes]


def _page(
    wrap: page.Wrap = page.trs,
    changed: change.Change = change.same,
    cell: page.CellText = page.plain_cell,
    encoding: str = "utf-8",
    **how: str,
) -> Layout:
    def laid(truth: Truth) -> bytes:
        inner = page.body(truth, changed(drawn(truth)), cell, **how)  # type: ignore[arg-type]
        return wrap(inner, truth).encode(encoding)

    return laid


def _gb(inner: str, truth: Truth) -> str:
    return page.dreamweaver(inner, truth).replace("charset=utf-8", "charset=gb2312")


PAGES: dict[str, Layout] = {
    "trs": _page(),
    "jcms": _page(page.jcms, manner="strong", style="width"),
    "guangdong": _page(page.guangdong, manner="h2"),
    "dreamweaver": _page(page.dreamweaver, manner="br"),
    "gb2312 page": _page(_gb, encoding="gb18030", manner="div"),
    "utf-16 page": _page(encoding="utf-16"),
    "word page": _page(page.word_page, cell=page.word_cell, manner="span"),
    "table inside p": _page(page.table_in_p),
    "layout frame around tables": _page(page.jcms, style="framed"),
    "spans a character": _page(cell=page.span_each, manner="span"),
    "nbsp and emsp around numbers": _page(cell=page.nbsp_cell),
    "line breaks in labels": _page(cell=page.broken_labels),
    "blanks in short labels": _page(cell=page.spaced_labels, manner="spaced"),
    "paragraphs in labels": _page(cell=page.paragraphs_in_labels),
    "indented source": _page(cell=page.indented_source),
    "div in cells": _page(cell=page.div_cell),
    "fonts in cells": _page(cell=page.font_cell),
    "hidden spans in cells": _page(cell=page.hidden_extra),
    "thead": _page(style="thead"),
    "th": _page(style="th"),
    "unclosed cells": _page(page.dreamweaver, style="open"),
    "two tbodies": _page(style="tbodies"),
    "no borders": _page(style="bare"),
    "hidden row": _page(style="hidden"),
    "row of no height": _page(style="zero"),
    "headings with brackets": _page(manner="bracket"),
    "headings with digits": _page(manner="digit"),
    "headings with colon": _page(manner="colon"),
    "headings with dot": _page(manner="dot"),
    "divs for paragraphs": _page(paragraph="<div>　　{}</div>", manner="div"),
    "br for paragraphs": _page(paragraph="　　{}<br/><br/>", manner="br"),
    "sign in one line": _page(sign="<p align=right>{who}　　{day}</p>"),
    "sign with line break": _page(sign="<p align=right>{who}<br>{day}</p>"),
    "sign in brackets": _page(sign="<p>（{who}）</p><p>（{day}）</p>"),
    "sign spaced": _page(
        sign="<p>&nbsp;</p><p>&emsp;&emsp;{who}&emsp;</p><p>&nbsp;</p><p>　{day}　</p>"
    ),
    "four tables": _page(changed=change.four_tables),
    "captions lost": _page(changed=change.captions_lost),
    "captions outside": _page(changed=change.captions_outside),
    "narrow sub-tables": _page(changed=change.single_columns_narrow),
    "padded sub-tables": _page(changed=change.padded_right),
    "short rows": _page(changed=change.short_rows),
    "remark rows": _page(changed=change.remark_row),
    "spacer rows": _page(changed=change.spacer_rows),
    "spacer column left": _page(changed=change.spacer_column_left),
    "spacer column right": _page(changed=change.spacer_column_right),
    "wider columns": _page(changed=change.wider_columns),
    "note lost": _page(changed=change.note_lost),
    "note outside": _page(changed=change.note_outside),
    "note as a row": _page(changed=change.note_as_own_row),
    "two header rows": _page(changed=change.two_head_rows),
    "one header row": _page(changed=change.one_head_row),
    "no row spans": _page(changed=change.no_row_spans),
    "labels repeated": _page(changed=change.labels_repeated),
    "no spans at all": _page(changed=change.no_spans_at_all),
    "labels glued": _page(changed=change.labels_glued),
    "groups in rows of their own": _page(changed=change.leaf_label_only),
    "two label columns": _page(changed=change.two_label_columns),
    "subtotal column": _page(changed=change.subtotal_column),
    "cut over pages with header": _page(changed=change.cut_over_pages(header=True)),
    "cut over pages without header": _page(changed=change.cut_over_pages(header=False)),
    "cut inside a group": _page(changed=change.cut_over_pages(header=False, at=25)),
    "header again in the grid": _page(changed=change.header_again),
    "table 3 twice": _page(changed=change.three_twice),
    "serial numbers": _page(changed=change.serial_column),
    "remark column": _page(changed=change.remark_column),
    "table 4 in three grids": _page(changed=change.four_in_three),
    "table 4 groups swapped": _page(changed=change.four_groups_swapped),
    "table 4 two header rows": _page(changed=change.four_two_head_rows),
    "table 4 with a label": _page(changed=change.four_with_label),
    "table 4 extra cell": _page(changed=change.four_extra_cell),
    "table 4 turned": _page(changed=change.four_standing),
    "units in cells": _page(changed=change.with_unit),
    "captions over tables": _page(changed=change.captions_over_tables),
    "sentences before tables": _page(changed=change.sentence_before_tables),
    "caption row in tables": _page(changed=change.caption_row_in_table),
    "合计 for 总计": _page(changed=change.words("总计", "合计")),
    "labels 1、": _page(changed=change.words(r"^(\d)\.", r"\1、")),
    "labels (1)": _page(changed=change.words(r"^(\d)\.", r"（\1）")),
    "labels ①": _page(changed=change.words(r"^(\d)\.", lambda m: "①②③④⑤⑥⑦⑧"[int(m[1]) - 1])),  # type: ignore[arg-type]
    "labels １．": _page(
        changed=change.words(r"^(\d)\.", lambda m: "１２３４５６７８"[int(m[1]) - 1] + "．")
    ),  # type: ignore[arg-type]
    "labels without numbers": _page(
        changed=change.words(r"^(\d\.|[（][一二三四五六七][）]|[一二三四]、)", "")
    ),
    "half-width brackets": _page(changed=change.words("（(.*?)）", r"(\1) ")),
    "结转 in other words": _page(
        changed=change.together(
            change.words("上年结转政府信息公开申请数量", "上年度结转政府信息公开申请数量"),
            change.words("结转下年度继续办理", "结转至下年度继续办理"),
        )
    ),
    "其他 as 其它": _page(changed=change.words("其他", "其它")),
    "法人和其他组织": _page(changed=change.words("法人或其他组织", "法人和其他组织")),
    "short T2 labels": _page(
        changed=change.together(
            change.words("（单位：万元）", "（万元）"),
            change.words("采购总金额", "采购总金额（万元，保留四位小数）"),
        )
    ),
}
