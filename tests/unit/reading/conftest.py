"""Hand-made forms: the three tables as html draws them, and as text copies print them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from duban.domain.document import Document, Grid, GridCell, Paragraph
from duban.domain.form import (
    COLUMNS,
    DISPUTE_COLUMNS,
    DISPUTE_GROUPS,
    application_rows,
    disclosure_tables,
)
from duban.domain.place import Place
from duban.domain.report import Regime

Values = dict[str, str]


@dataclass(frozen=True)
class Td:
    """A cell as html writes it, before its place in the grid is known."""

    text: str
    colspan: int = 1
    rowspan: int = 1


Rows = list[list[Td]]


class Forms:
    """Builders of grids; `values` maps a path without the table's name to what the cell prints."""

    def cell(self, text: str, colspan: int = 1, rowspan: int = 1) -> Td:
        return Td(text, colspan, rowspan)

    def paths(self, table: str, regime: Regime = "R2021") -> list[str]:
        if table == "applications":
            return [f"{r.field}.{c.field}" for r in application_rows(regime) for c in COLUMNS]
        if table == "disputes":
            return [f"{g.field}.{c.field}" for g in DISPUTE_GROUPS for c in DISPUTE_COLUMNS]
        return [
            f"{row.field}.{column.field}"
            for sub in disclosure_tables(regime)
            for row in sub.rows
            for column in sub.columns
        ]

    def rows(self, table: str, values: Values, regime: Regime = "R2021") -> Rows:
        if table == "applications":
            return self.applications(values, regime)
        if table == "disputes":
            return self.disputes(values)
        return self.disclosure(values, regime)

    def applications(self, values: Values, regime: Regime = "R2021") -> Rows:
        rows = [
            [
                Td("（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", 3, 3),
                Td("申请人情况", 7),
            ],
            [Td("自然人", 1, 2), Td("法人或其他组织", 5), Td("总计", 1, 2)],
            [Td(column.label) for column in COLUMNS[1:-1]],
        ]
        form = application_rows(regime)
        results = [row for row in form if row.field.startswith("results.")]
        group = ""
        for row in form:
            line: list[Td] = []
            if row is results[0]:
                line.append(Td("三、本年度办理结果", 1, len(results)))
            inside = row in results
            if row.group and row.group != group:
                line.append(Td(row.group, 1, sum(r.group == row.group for r in form)))
            group = row.group
            line.append(Td(row.label, 1 if row.group else 2 if inside else 3))
            line += [Td(values[f"{row.field}.{column.field}"]) for column in COLUMNS]
            rows.append(line)
        return rows

    def disputes(self, values: Values) -> Rows:
        leaves = [column.label for column in DISPUTE_COLUMNS]
        return [
            [Td("行政复议", 5), Td("行政诉讼", 10)],
            [*(Td(leaf, 1, 2) for leaf in leaves), Td("未经复议直接起诉", 5), Td("复议后起诉", 5)],
            [Td(leaf) for leaf in leaves * 2],
            [Td(values[path]) for path in self.paths("disputes")],
        ]

    def disclosure(self, values: Values, regime: Regime = "R2021") -> Rows:
        rows: Rows = []
        for sub in disclosure_tables(regime):
            spans = {1: (3,), 2: (1, 2), 3: (1, 1, 1)}[len(sub.columns)]
            rows.append([Td(sub.item, 4)])
            pairs = zip(sub.columns, spans, strict=True)
            rows.append([Td("信息内容"), *(Td(column.label, span) for column, span in pairs)])
            for row in sub.rows:
                printed = (values[f"{row.field}.{column.field}"] for column in sub.columns)
                pairs2 = zip(printed, spans, strict=True)
                rows.append([Td(row.label), *(Td(text, span) for text, span in pairs2)])
        return rows

    def drawn(self, rows: Rows, table: int = 1) -> Grid:
        """The grid that a browser draws: each cell at the first free place of its row."""
        taken: set[tuple[int, int]] = set()
        cells: list[GridCell] = []
        for index, row in enumerate(rows):
            column = 0
            for td in row:
                while (index, column) in taken:
                    column += 1
                taken |= {
                    (index + down, column + right)
                    for down in range(td.rowspan)
                    for right in range(td.colspan)
                }
                at = Place(table=table, row=index + 1, column=column + 1)
                cells.append(GridCell(td.text, index, column, td.rowspan, td.colspan, at))
                column += td.colspan
        height = len(rows)
        cells = [
            cell if cell.row + cell.rowspan <= height else self._clipped(cell, height)
            for cell in cells
        ]
        width = max((cell.column + cell.colspan for cell in cells), default=0)
        return Grid(tuple(cells), width, height, Place(table=table))

    def _clipped(self, cell: GridCell, height: int) -> GridCell:
        return GridCell(cell.text, cell.row, cell.column, height - cell.row, cell.colspan, cell.at)

    def typed(self, rows: Rows, table: int = 1, *, pad: bool = False) -> Grid:
        """The grid of a text copy: what continues from above is an empty cell, no spans.

        With `pad` every cell merged to the right leaves empty cells behind, and the rows are
        filled up to the same width, as tab-separated copies are.
        """
        drawn = self.drawn(rows, table)
        lines: list[list[str]] = [[] for _ in range(drawn.height)]
        over = [[""] * drawn.width for _ in range(drawn.height)]
        held = [[False] * drawn.width for _ in range(drawn.height)]
        for cell in drawn.cells:
            over[cell.row][cell.column] = cell.text
            for down in range(cell.rowspan):
                for right in range(cell.colspan if pad else 1):
                    held[cell.row + down][cell.column + right] = True
        for row in range(drawn.height):
            lines[row] = [over[row][c] for c in range(drawn.width) if held[row][c]]
        return self.ragged(lines, table)

    def ragged(self, lines: list[list[str]], table: int = 1) -> Grid:
        """A grid whose columns were counted along each row only."""
        cells = [
            GridCell(text, row, column, at=Place(line=row + 1, table=table))
            for row, line in enumerate(lines)
            for column, text in enumerate(line)
        ]
        width = max((len(line) for line in lines), default=0)
        return Grid(tuple(cells), width, len(lines), Place(table=table), ragged=True)

    def document(self, *blocks: str | Grid, **fields: object) -> Document:
        """A document of paragraphs and grids, media html unless told."""
        made = [
            Paragraph(block, Place(line=number)) if isinstance(block, str) else block
            for number, block in enumerate(blocks, 1)
        ]
        return Document(**{"media": "html", "blocks": tuple(made), **fields})  # type: ignore[arg-type]

    def zeros(self, table: str, regime: Regime = "R2021") -> Values:
        return dict.fromkeys(self.paths(table, regime), "0")

    def numbered(self, table: str, regime: Regime = "R2021") -> Values:
        """A different number in every cell, so that a shifted one shows."""
        return {path: str(101 + n) for n, path in enumerate(self.paths(table, regime))}

    def changed(self, rows: Rows, row: int, column: int, **fields: object) -> Rows:
        """The rows with one cell changed."""
        copy = [list(line) for line in rows]
        copy[row][column] = replace(copy[row][column], **fields)  # type: ignore[arg-type]
        return copy


@pytest.fixture(scope="session")
def forms() -> Forms:
    """Builders of the form's tables."""
    return Forms()
