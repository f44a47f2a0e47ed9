"""Ways in which agencies' tables differ from the form while a person reads the same numbers."""

from __future__ import annotations

import re
from collections.abc import Callable

from layout_form import NOTE, C, Change, Table, Tables, width


def each(change: Callable[[Table], Table]) -> Change:
    """A change of one grid made to every grid."""

    def changed(tables: Tables) -> Tables:
        return Tables(
            *(
                [part if isinstance(part, str) else change(part) for part in parts]
                for parts in tables
            )
        )

    return changed


def together(*changes: Change) -> Change:
    def changed(tables: Tables) -> Tables:
        for change in changes:
            tables = change(tables)
        return tables

    return changed


def same(tables: Tables) -> Tables:
    return tables


def words(pattern: str, new: str, *, only: str = "label") -> Change:
    """Every label (or value) rewritten by a pattern."""

    def changed(table: Table) -> Table:
        return [
            [c._replace(text=re.sub(pattern, new, c.text)) if c.kind == only else c for c in row]
            for row in table
        ]

    return each(changed)


def _subtables(table: Table) -> list[Table]:
    """Table 2 cut before every caption."""
    pieces: list[Table] = []
    for row in table:
        if row[0].kind == "caption":
            pieces.append([])
        pieces[-1].append(row)
    return pieces


def four_tables(tables: Tables) -> Tables:
    return tables._replace(two=[p for t in tables.two for p in _subtables(t)])  # type: ignore[arg-type]


def captions_lost(tables: Tables) -> Tables:
    """No caption row, one grid."""
    two = [[row for row in t if row[0].kind != "caption"] for t in tables.two]
    return tables._replace(two=two)  # type: ignore[arg-type]


def captions_outside(tables: Tables) -> Tables:
    """Four grids, each under a line with its caption."""
    two: list[Table | str] = []
    for table in tables.two:
        for piece in _subtables(table):  # type: ignore[arg-type]
            two += [piece[0][0].text, piece[1:]]
    return tables._replace(two=two)


def single_columns_narrow(tables: Tables) -> Tables:
    """Sub-tables of one column two cells wide, each its own grid without padding."""
    cut = four_tables(tables)
    two: list[Table | str] = []
    for table in cut.two:
        assert not isinstance(table, str)
        columns = max(len(row) for row in table)
        two.append(
            [
                [table[0][0]._replace(cols=columns)],
                *([c._replace(cols=1) for c in r] for r in table[1:]),
            ]
        )
    return cut._replace(two=two)


def padded_right(tables: Tables) -> Tables:
    """Table 2 without spans: short rows are filled with empty cells."""

    def changed(table: Table) -> Table:
        columns = width(table)
        return [
            [*(c._replace(cols=1) for c in row), *[C("", kind="pad")] * (columns - len(row))]
            for row in table
        ]

    return tables._replace(two=[changed(t) for t in tables.two])  # type: ignore[arg-type]


def short_rows(tables: Tables) -> Tables:
    """Table 2 without spans and without padding: rows end where their cells end."""
    two = [[[c._replace(cols=1) for c in row] for row in t] for t in tables.two]
    return tables._replace(two=two)  # type: ignore[arg-type]


def remark_row(tables: Tables) -> Tables:
    """单位：件 above and 备注 below every grid."""

    def changed(table: Table) -> Table:
        columns = width(table)
        return [[C("单位：件", columns)], *table, [C("备注：数据截至2023年12月31日。", columns)]]

    return each(changed)(tables)


def spacer_rows(tables: Tables) -> Tables:
    """An empty row over the whole width after every header and at the end."""

    def changed(table: Table) -> Table:
        columns = width(table)
        return [[C("", columns)], *table, [C("") for _ in range(columns)]]

    return each(changed)(tables)


def spacer_column_left(tables: Tables) -> Tables:
    return each(lambda t: [[C("", 1, len(t)), *t[0]], *t[1:]])(tables)


def spacer_column_right(tables: Tables) -> Tables:
    def changed(table: Table) -> Table:
        return [[*row, C("")] for row in table]

    return each(changed)(tables)


def wider_columns(tables: Tables) -> Tables:
    """Every column drawn as three: all spans tripled."""
    return each(lambda t: [[c._replace(cols=3 * c.cols) for c in r] for r in t])(tables)


def note_lost(tables: Tables) -> Tables:
    return words(re.escape(NOTE), "")(tables)


def note_outside(tables: Tables) -> Tables:
    cut = note_lost(tables)
    return cut._replace(three=[NOTE, *cut.three])


def note_as_own_row(tables: Tables) -> Tables:
    """The note over the whole width; the corner says 项目."""

    def changed(table: Table) -> Table:
        columns = width(table)
        return [[C(NOTE, columns)], [table[0][0]._replace(text="项目"), *table[0][1:]], *table[1:]]

    return tables._replace(three=[changed(t) for t in tables.three])  # type: ignore[arg-type]


def two_head_rows(tables: Tables) -> Tables:
    """Table 3 without the row 申请人情况."""

    def changed(table: Table) -> Table:
        return [[table[0][0]._replace(rows=2), *table[1]], *table[2:]]

    return tables._replace(three=[changed(t) for t in tables.three])  # type: ignore[arg-type]


def one_head_row(tables: Tables) -> Tables:
    """Table 3 with one flat header row."""

    def changed(table: Table) -> Table:
        top = table[1]
        flat = [top[0]._replace(rows=1), *table[2], top[2]._replace(rows=1)]
        return [[table[0][0]._replace(rows=1), *flat], *table[3:]]

    return tables._replace(three=[changed(t) for t in tables.three])  # type: ignore[arg-type]


def _resolved(table: Table, *, repeat: bool) -> Table:
    """No row spans: the label comes again, or an empty cell, in every covered row."""
    columns = width(table)
    grid: list[dict[int, C]] = [{} for _ in table]
    for number, row in enumerate(table):
        place = 0
        for cell in row:
            while place in grid[number]:
                place += grid[number][place].cols
            grid[number][place] = cell._replace(rows=1)
            for down in range(1, cell.rows):
                text = cell.text if repeat else ""
                grid[number + down][place] = cell._replace(text=text, rows=1)
            place += cell.cols
    assert all(sum(c.cols for c in line.values()) == columns for line in grid)
    return [[line[place] for place in sorted(line)] for line in grid]


def no_row_spans(tables: Tables) -> Tables:
    return each(lambda t: _resolved(t, repeat=False))(tables)


def labels_repeated(tables: Tables) -> Tables:
    return each(lambda t: _resolved(t, repeat=True))(tables)


def no_spans_at_all(tables: Tables) -> Tables:
    """Every grid position is its own cell, covered ones are empty."""

    def changed(table: Table) -> Table:
        return [
            [
                part
                for c in row
                for part in (c._replace(cols=1), *[C("", kind="pad")] * (c.cols - 1))
            ]
            for row in _resolved(table, repeat=False)
        ]

    return each(changed)(tables)


def _groups(table: Table) -> list[str]:
    return [row[-8].text for row in table if len(row) > 8]


def labels_glued(tables: Tables) -> Tables:
    """Table 3 with one label column: all labels of a row in one cell."""

    def changed(table: Table) -> Table:
        flat = _resolved(table, repeat=True)
        head, rows = flat[:3], flat[3:]
        glued = [[C("".join(c.text for c in row[:-7])), *row[-7:]] for row in rows]
        return (
            [[head[0][0]._replace(cols=1), *head[0][1:]]]
            + [[row[0]._replace(cols=1), *row[1:]] for row in head[1:]]
            + glued
        )

    return tables._replace(three=[changed(t) for t in tables.three])  # type: ignore[arg-type]


def leaf_label_only(tables: Tables) -> Tables:
    """Table 3 with one label column; groups stand in rows of their own without numbers."""

    def changed(table: Table) -> Table:
        head = [[table[0][0]._replace(cols=1), *table[0][1:]], *table[1:3]]
        rows: Table = []
        for row in table[3:]:
            labels = row[:-7]
            rows += [[C(c.text), *[C("", kind="pad")] * 7] for c in labels[:-1]]
            rows.append([labels[-1]._replace(cols=1, rows=1), *row[-7:]])
        return [*head, *rows]

    return tables._replace(three=[changed(t) for t in tables.three])  # type: ignore[arg-type]


def two_label_columns(tables: Tables) -> Tables:
    """Table 3 without the tall cell 三、本年度办理结果, which stands before （一）."""

    def changed(table: Table) -> Table:
        rows: Table = [[table[0][0]._replace(cols=2), *table[0][1:]], *table[1:3]]
        for row in table[3:]:
            if row[0].text.startswith("三、"):
                row = [row[1]._replace(text=row[0].text + row[1].text), *row[2:]]
            elif row[0].cols == 3:
                row = [row[0]._replace(cols=2), *row[1:]]
            rows.append(row)
        return rows

    return tables._replace(three=[changed(t) for t in tables.three])  # type: ignore[arg-type]


def subtotal_column(tables: Tables) -> Tables:
    """An extra 小计 of organisations before 总计 in table 3."""

    def changed(table: Table) -> Table:
        rows = [
            [table[0][0], table[0][1]._replace(cols=8)],
            [table[1][0], table[1][1]._replace(cols=6), table[1][2]],
            [*table[2], C("小计")],
        ]
        return rows + [[*row[:-1], C("77", kind="value"), row[-1]] for row in table[3:]]

    return tables._replace(three=[changed(t) for t in tables.three])  # type: ignore[arg-type]


def cut_over_pages(*, header: bool, at: int = 12) -> Change:
    """Table 3 in two grids, the second with or without the header; spans are cut."""

    def changed(tables: Tables) -> Tables:
        three: list[Table | str] = []
        for table in tables.three:
            assert not isinstance(table, str)
            flat = _resolved(table, repeat=False)
            three += [flat[:at], [*(table[:3] if header else []), *flat[at:]]]
        return tables._replace(three=three)

    return changed


def header_again(tables: Tables) -> Tables:
    """The three header rows a second time inside the same grid."""

    def changed(table: Table) -> Table:
        flat = _resolved(table, repeat=False)
        return [*table[:3], *flat[3:14], *table[:3], *flat[14:]]

    return tables._replace(three=[changed(t) for t in tables.three])  # type: ignore[arg-type]


def three_twice(tables: Tables) -> Tables:
    """Table 3 pasted twice with the same numbers."""
    return tables._replace(three=tables.three * 2)


def serial_column(tables: Tables) -> Tables:
    """A running number before every row of table 3."""

    def changed(table: Table) -> Table:
        rows = [[C("序号", 1, 3), *table[0]], *table[1:3]]
        return rows + [[C(str(n)), *row] for n, row in enumerate(table[3:], 1)]

    return tables._replace(three=[changed(t) for t in tables.three])  # type: ignore[arg-type]


def remark_column(tables: Tables) -> Tables:
    """An empty 备注 column at the right end of every grid."""

    def changed(table: Table) -> Table:
        flat = [[*row, C("", kind="pad")] for row in table]
        flat[0][-1] = C("备注", 1, 3 if len(table) > 12 and table[0][0].rows == 3 else 1)
        if flat[0][-1].rows == 3:
            flat[1].pop()
            flat[2].pop()
        return flat

    return tables._replace(
        three=[changed(t) for t in tables.three],  # type: ignore[arg-type]
    )


def four_in_three(tables: Tables) -> Tables:
    """Table 4 as three grids, one a group."""

    def changed(table: Table) -> list[Table | str]:
        values, leaves = table[3], [c._replace(rows=1) for c in table[1][:5]]
        names = ["行政复议", "行政诉讼（未经复议直接起诉）", "行政诉讼（复议后起诉）"]
        return [[[C(name, 5)], leaves, values[5 * n : 5 * n + 5]] for n, name in enumerate(names)]

    return tables._replace(four=[g for t in tables.four for g in changed(t)])  # type: ignore[arg-type]


def four_groups_swapped(tables: Tables) -> Tables:
    """复议后起诉 printed before 未经复议直接起诉, with its numbers."""

    def changed(table: Table) -> Table:
        top, second, leaves, values = table
        moved = [*values[:5], *values[10:], *values[5:10]]
        return [top, [*second[:5], second[6], second[5]], leaves, moved]

    return tables._replace(four=[changed(t) for t in tables.four])  # type: ignore[arg-type]


def four_two_head_rows(tables: Tables) -> Tables:
    """Table 4 with the litigation groups beside 行政复议."""

    def changed(table: Table) -> Table:
        leaves = [c._replace(rows=1) for c in table[1][:5]]
        groups = [C(n, 5) for n in ("行政复议", "未经复议直接起诉", "复议后起诉")]
        return [groups, leaves * 3, table[3]]

    return tables._replace(four=[changed(t) for t in tables.four])  # type: ignore[arg-type]


def four_with_label(tables: Tables) -> Tables:
    """Table 4 with a label column: 件数 before the values."""

    def changed(table: Table) -> Table:
        return [[C("项目", 1, 3), *table[0]], table[1], table[2], [C("件数"), *table[3]]]

    return tables._replace(four=[changed(t) for t in tables.four])  # type: ignore[arg-type]


def four_extra_cell(tables: Tables) -> Tables:
    """A sixteenth unlabelled cell in table 4 (seed 003)."""

    def changed(table: Table) -> Table:
        return [
            table[0], table[1], [*table[2], C("")], [*table[3], C("0", kind="pad")],
        ]  # fmt: skip

    return tables._replace(four=[changed(t) for t in tables.four])  # type: ignore[arg-type]


def four_standing(tables: Tables) -> Tables:
    """Table 4 turned: a row a group, outcomes as columns."""

    def changed(table: Table) -> Table:
        values, leaves = table[3], [c._replace(rows=1) for c in table[1][:5]]
        return [
            [C("类别", 2), *leaves],
            [C("行政复议", 2), *values[:5]],
            [C("行政诉讼", 1, 2), C("未经复议直接起诉"), *values[5:10]],
            [C("复议后起诉"), *values[10:]],
        ]

    return tables._replace(four=[changed(t) for t in tables.four])  # type: ignore[arg-type]


def with_unit(tables: Tables) -> Tables:
    """24件 in every count cell."""

    def changed(table: Table) -> Table:
        return [
            [
                c._replace(text=c.text + "件") if c.text.isdecimal() and c.kind == "value" else c
                for c in r
            ]
            for r in table
        ]

    return tables._replace(
        three=[changed(t) for t in tables.three],  # type: ignore[arg-type]
        four=[changed(t) for t in tables.four],  # type: ignore[arg-type]
    )


def captions_over_tables(tables: Tables) -> Tables:
    """A line 表一 … before each table and a footnote after."""
    return Tables(
        ["表一：主动公开政府信息情况", *tables.two, "注：收费金额为全年实际收入。"],
        [
            "表二：收到和处理政府信息公开申请情况",
            *tables.three,
            "注：上年结转件数含补正期间的申请。",
        ],
        ["表三：行政复议、行政诉讼情况", *tables.four, "注：行政复议、行政诉讼含上年件数。"],
    )


def sentence_before_tables(tables: Tables) -> Tables:
    return Tables(
        ["2023年，本机关主动公开政府信息121条，具体情况如下：", *tables.two],
        ["全年共收到政府信息公开申请若干件，办理情况见下表（单位：件）：", *tables.three],
        ["本年无行政复议、行政诉讼败诉案件。", *tables.four],
    )


def caption_row_in_table(tables: Tables) -> Tables:
    """The part's name as the first row of its own table."""

    def top(parts: list[Table | str], text: str) -> list[Table | str]:
        table = parts[0]
        assert not isinstance(table, str)
        return [[[C(text, width(table))], *table], *parts[1:]]

    return Tables(
        top(tables.two, "主动公开政府信息情况表"),
        top(tables.three, "政府信息公开申请办理情况表"),
        top(tables.four, "行政复议、行政诉讼情况表"),
    )
