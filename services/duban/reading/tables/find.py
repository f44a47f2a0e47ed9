"""All tables of a document: pieces that stand in several grids are joined by their labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from duban.domain.document import Grid
from duban.domain.form import DISPUTE_GROUPS, application_rows, disclosure_tables
from duban.domain.report import Cell, Regime, Table
from duban.reading.cells import unreadable
from duban.reading.tables import application_segment, applications, disclosure, disputes, regime
from duban.reading.tables.labels import Normal
from duban.reading.tables.view import View


class Tables(NamedTuple):
    """The three tables by name (None where not found), the form, and the grids each stands in."""

    tables: dict[str, Table | None]
    regime: Regime | None
    grids: Mapping[str, frozenset[int]]


def find_tables(grids: Sequence[Grid], normal: Normal) -> Tables:
    """The tables of the form among the grids; the other grids are left alone."""
    views = [View(grid, normal) for grid in grids]
    published = _disclosure_pieces(views)
    received = _application_segments(views)
    disputed = _dispute_pieces(views)
    labels = [label for piece in published.values() for label in piece.signs]
    result = applications.read_segments(list(received.values())) if received else None
    form = regime.tell(labels, {row.field for row in result.rows if row.field} if result else ())
    return Tables(
        {
            "disclosure": _disclosure(published, views, form),
            "applications": _applications(result, received, form) if result else None,
            "disputes": _disputes(disputed, views),
        },
        form,
        {
            "disclosure": frozenset(published),
            "applications": frozenset(received),
            "disputes": frozenset(disputed),
        },
    )


def _disclosure_pieces(views: Sequence[View]) -> dict[int, disclosure.Piece]:
    found: dict[int, disclosure.Piece] = {}
    head = None
    for index, view in enumerate(views):
        piece = disclosure.find_piece(view, head)
        head = piece.head if piece else None
        if piece:
            found[index] = piece
    return found


def _application_segments(views: Sequence[View]) -> dict[int, application_segment.Segment]:
    """Segments with a header, and those without one only as the rest of a table begun before."""
    found: dict[int, application_segment.Segment] = {}
    context = None
    begun = False
    for index, view in enumerate(views):
        segment = application_segment.find_segment(view, context)
        if segment is None:
            continue
        begun = begun or segment.head is not None or segment.balance_note
        if begun or application_segment.is_whole(segment):
            found[index] = segment
            context = application_segment.last_group(segment)
    return found


def _dispute_pieces(views: Sequence[View]) -> dict[int, disputes.Piece]:
    found: dict[int, disputes.Piece] = {}
    waiting = None
    for index, view in enumerate(views):
        piece = disputes.find_piece(view, waiting)
        if piece:
            found[index] = piece
        waiting = piece.head if piece and piece.width is None else None
    return found


def _disclosure(
    pieces: dict[int, disclosure.Piece], views: Sequence[View], form: Regime | None
) -> Table | None:
    if not pieces:
        return None
    cells: dict[str, Cell] = {}
    for piece in pieces.values():
        disclosure.add(cells, piece.cells)
    rows = tuple(row for piece in pieces.values() for row in piece.rows)
    present = {(row.field or "").partition(".")[0] for row in rows}
    expected = disclosure_tables(form) if form else ()
    return Table(
        name="disclosure",
        at=views[min(pieces)].grid.at,
        cells=cells,
        rows=rows,
        missing=tuple(r.field for t in expected for r in t.rows if r.field not in present),
        leaf_headers=tuple(label for piece in pieces.values() for label in piece.labels),
        value_columns=max((row.values for row in rows), default=None),
        doubt=next((views[i].grid.doubt for i in pieces if views[i].grid.doubt), None),
    )


def _applications(
    result: applications.Result,
    segments: dict[int, application_segment.Segment],
    form: Regime | None,
) -> Table:
    first = next(iter(segments.values()))
    doubt = result.doubt or next(
        (s.view.grid.doubt for s in segments.values() if s.view.grid.doubt), None
    )
    present = {row.field for row in result.rows}
    cells = result.cells
    if doubt:
        cells = {path: unreadable(doubt, cell.at) for path, cell in cells.items()}
    return Table(
        name="applications",
        at=first.view.grid.at,
        cells=cells,
        rows=result.rows,
        missing=tuple(
            row.field for row in application_rows(form or "R2008") if row.field not in present
        ),
        leaf_headers=result.head.labels if result.head else (),
        value_columns=max((row.values for row in result.rows), default=None),
        balance_note=any(segment.balance_note for segment in segments.values()),
        doubt=doubt,
    )


def _disputes(pieces: dict[int, disputes.Piece], views: Sequence[View]) -> Table | None:
    """Table 4; a header without values is joined with the values that follow in the next grid."""
    if not pieces:
        return None
    read = [piece for piece in pieces.values() if piece.width is not None]
    shown = read[0] if read else next(iter(pieces.values()))
    doubt = next((views[i].grid.doubt for i in pieces if views[i].grid.doubt), None)
    cells = shown.cells
    if any(_raws(piece.cells) != _raws(cells) for piece in read[1:]):
        doubt = "行政复议、行政诉讼情况表出现两次且数字不同，无法确定以哪一张为准"
        cells = {path: unreadable(doubt, cell.at) for path, cell in cells.items()}
    return Table(
        name="disputes",
        at=views[min(pieces)].grid.at,
        cells=cells,
        missing=() if read else tuple(group.field for group in DISPUTE_GROUPS),
        leaf_headers=shown.head.labels,
        value_columns=shown.width,
        doubt=doubt,
    )


def _raws(cells: dict[str, Cell]) -> dict[str, str]:
    return {path: cell.raw for path, cell in cells.items()}
