"""The source as it was read, block by block, with the same marks as the extracted tables."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from duban.domain.document import Document, Grid, Paragraph
from duban.domain.finding import Finding
from duban.domain.place import Place
from duban.domain.report import Report
from duban.web.form_tables import Marks

MAX_BLOCKS = 2000  # beyond it the page would be unusable; the original is one link away


class SourceCell(msgspec.Struct, frozen=True, kw_only=True):
    """A cell of the source grid; `path` is set where a field of the form was read from it."""

    text: str
    rowspan: int
    colspan: int
    path: str | None = None
    mark: str = ""


class SourceBlock(msgspec.Struct, frozen=True, kw_only=True):
    """A paragraph (with the quotes of findings marked in runs), a grid, or a picture."""

    kind: str
    runs: tuple[tuple[str, str], ...] = ()
    rows: tuple[tuple[SourceCell, ...], ...] = ()
    heading: bool = False
    furniture: bool = False
    page: int | None = None


def show(document: Document, report: Report, findings: Iterable[Finding]) -> list[SourceBlock]:
    """The document's blocks in order; quotes and cells that findings name are marked."""
    findings = list(findings)
    marks = Marks(findings)
    paths = {
        _key(cell.at): f"{name}.{path}"
        for name, table in report.tables.items()
        if table is not None
        for path, cell in table.cells.items()
        if cell.at is not None
    }
    headings = {_key(section.at) for section in report.sections}
    quotes: list[tuple[str, str]] = [(f.quote, f.severity) for f in findings if f.quote]
    blocks: list[SourceBlock] = []
    for block in document.blocks[:MAX_BLOCKS]:
        if isinstance(block, Paragraph):
            text = (block.numbering or "") + block.text
            blocks.append(
                SourceBlock(
                    kind="paragraph",
                    runs=_runs(text, quotes),
                    heading=_key(block.at) in headings,
                    furniture=block.furniture,
                    page=block.at.page,
                )
            )
        elif isinstance(block, Grid):
            blocks.append(
                SourceBlock(kind="grid", rows=_grid(block, paths, marks), page=block.at.page)
            )
        else:
            blocks.append(SourceBlock(kind="picture", page=block.at.page))
    return blocks


def _key(at: Place) -> tuple[object, ...]:
    if at.table is not None:
        return ("cell", at.table, at.row, at.column)
    return ("line", at.line, at.page, at.box)


def _grid(
    grid: Grid, paths: dict[tuple[object, ...], str], marks: Marks
) -> tuple[tuple[SourceCell, ...], ...]:
    rows = []
    for row in grid.rows():
        cells = []
        for cell in row:
            path = paths.get(_key(cell.at))
            cells.append(
                SourceCell(
                    text=cell.text,
                    rowspan=cell.rowspan,
                    colspan=cell.colspan,
                    path=path,
                    mark=marks.of(path)[0] if path else "",
                )
            )
        rows.append(tuple(cells))
    return tuple(rows)


def _runs(text: str, quotes: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The text cut at the first quote of each finding that stands in it; quotes do not overlap."""
    spans: list[tuple[int, int, str]] = []
    for quote, severity in quotes:
        start = text.find(quote)
        if start < 0:
            continue
        end = start + len(quote)
        if all(end <= a or start >= b for a, b, _ in spans):
            spans.append((start, end, severity))
    runs, at = [], 0
    for start, end, severity in sorted(spans):
        if start > at:
            runs.append((text[at:start], ""))
        runs.append((text[start:end], severity))
        at = end
    if at < len(text):
        runs.append((text[at:], ""))
    return tuple(runs)
