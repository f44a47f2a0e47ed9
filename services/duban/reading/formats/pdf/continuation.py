"""The pieces of a table on several pages → one grid."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from duban.domain.document import Grid, GridCell
from duban.domain.place import Place
from duban.reading.formats.pdf.piece import Piece
from duban.reading.formats.pdf.ruling import SNAP
from duban.reading.formats.pdf.seam import Laid, examine, joined_text

_SAME_EDGE = 2.5  # points


def goes_on(above: Piece, below: Piece) -> bool:
    """Whether a piece can be the next part of the table of the piece before it."""
    if below.page != above.page + 1:
        return False
    outer = ((above.xs[0], below.xs[0]), (above.xs[-1], below.xs[-1]))
    if any(abs(a - b) > _SAME_EDGE for a, b in outer):
        return False
    inner_above, inner_below = above.xs[1:-1], below.xs[1:-1]
    if not inner_above or not inner_below:
        return True
    return any(abs(a - b) <= _SAME_EDGE for a in inner_above for b in inner_below)


def grid_of(pieces: Sequence[Piece]) -> Grid:
    """One grid of the pieces; repeated heads dropped, cells cut by a page joined."""
    xs = _column_edges(pieces)
    cells: list[Laid] = []
    height = 0
    doubt = next((piece.doubt for piece in pieces if piece.doubt), None)
    for index, piece in enumerate(pieces):
        part = _laid(piece, xs)
        if index == 0:
            cells, height = part, piece.height
            continue
        head = _repeated_head(_laid(pieces[0], xs), part)
        part = [_lower(cell, -head) for cell in part if cell.top >= head]
        if not part:
            continue
        is_undrawn = (piece.is_open_above or pieces[index - 1].is_open_below) and not (
            pieces[0].is_open_above
        )
        above = [cell for cell in cells if cell.bottom == height]
        below = [cell for cell in part if cell.top == 0]
        seam = examine([*cells, *part], above, below, is_undrawn=is_undrawn and not head)
        doubt = doubt or seam.doubt
        cells = _join(cells, part, height - seam.row_goes_on, seam.joined, height)
        height += piece.height - head - seam.row_goes_on
    return _grid(cells, len(xs) - 1, height, pieces[0], doubt)


def _column_edges(pieces: Sequence[Piece]) -> list[float]:
    edges: list[float] = []
    for x in sorted(x for piece in pieces for x in piece.xs):
        if not edges or x - edges[-1] > SNAP:
            edges.append(x)
    return edges


def _column(xs: list[float], x: float) -> int:
    index = bisect_left(xs, x)
    if index == len(xs) or (index > 0 and x - xs[index - 1] < xs[index] - x):
        return index - 1
    return index


def _laid(piece: Piece, xs: list[float]) -> list[Laid]:
    columns = [_column(xs, x) for x in piece.xs]
    return [
        Laid(
            text=cell.text,
            top=cell.region.top,
            left=columns[cell.region.left],
            bottom=cell.region.bottom,
            right=columns[cell.region.right],
            place=piece.place(cell.region),
            is_full=cell.is_full,
        )
        for cell in piece.cells
    ]


def _lower(cell: Laid, rows: int) -> Laid:
    return cell._replace(top=cell.top + rows, bottom=cell.bottom + rows)


def _repeated_head(first: Sequence[Laid], part: Sequence[Laid]) -> int:
    """How many rows at the top of a part repeat the head of the table, which has no numbers."""
    head = 0
    for rows in range(1, min(max(cell.bottom for cell in c) for c in (first, part)) + 1):
        upper = [cell for cell in first if cell.top < rows]
        lower = [cell for cell in part if cell.top < rows]
        if any(cell.is_value for cell in upper) or _drawn(upper) != _drawn(lower):
            break
        # A head ends where no cell hangs over into the next row.
        if all(cell.bottom <= rows for cell in upper) and any(cell.text for cell in upper):
            head = rows
    return head


def _drawn(cells: Sequence[Laid]) -> list[tuple[str, int, int, int, int]]:
    return sorted((c.text, c.top, c.left, c.bottom, c.right) for c in cells)


def _join(
    cells: Sequence[Laid],
    part: Sequence[Laid],
    offset: int,
    joined: frozenset[tuple[int, int]],
    height: int,
) -> list[Laid]:
    """The cells of both, `part` moved down by `offset` and the joined cells made one."""
    lower = {cell.span: cell for cell in part if cell.top == 0 and cell.span in joined}
    result = []
    for cell in cells:
        if cell.bottom == height and cell.span in lower:
            other = lower[cell.span]
            cell = cell._replace(
                text=joined_text(cell.text, other.text),
                bottom=other.bottom + offset,
                is_full=other.is_full,
            )
        result.append(cell)
    taken = set(lower)
    result += [_lower(cell, offset) for cell in part if not (cell.top == 0 and cell.span in taken)]
    return result


def _grid(cells: list[Laid], width: int, height: int, first: Piece, doubt: str | None) -> Grid:
    box = first.frame.shown_box((first.xs[0], first.ys[0], first.xs[-1], first.ys[-1]))
    return Grid(
        cells=tuple(
            GridCell(
                text=cell.text,
                row=cell.top,
                column=cell.left,
                rowspan=cell.bottom - cell.top,
                colspan=cell.right - cell.left,
                at=cell.place,
            )
            for cell in sorted(cells, key=lambda cell: (cell.top, cell.left))
        ),
        width=width,
        height=height,
        at=Place(page=first.page, box=box),
        doubt=doubt,
    )
