"""A grid prepared for reading by labels: rows, normalised words, what covers a position."""

from __future__ import annotations

from collections import Counter

import msgspec

from duban.domain.document import Grid, GridCell
from duban.reading.tables.labels import Normal


class View:
    """One grid with its words normalised once."""

    def __init__(self, grid: Grid, normal: Normal) -> None:
        self.grid = grid
        self.rows = grid.rows()
        self.words = [[normal(cell.text) for cell in row] for row in self.rows]
        self._normal = normal
        self.text = "|".join("|".join(words) for words in self.words)
        lengths = Counter(map(len, self.rows))
        self.usual_length = lengths.most_common(1)[0][0] if lengths else 0
        self._cover: list[list[GridCell | None]] | None = None

    def lined_up(self) -> View:
        """The same view of a grid whose columns have been found to line up."""
        return View(msgspec.structs.replace(self.grid, ragged=False), self._normal)

    @property
    def ragged(self) -> bool:
        """Whether equal column numbers in two rows may be different columns."""
        return self.grid.ragged

    def word(self, cell: GridCell) -> str:
        """The normalised text of a cell."""
        return self._normal(cell.text)

    def covering(self, row: int, column: int) -> GridCell | None:
        """The cell that lies over a grid position, spans resolved."""
        if self._cover is None:
            self._cover = self._covered()
        line = self._cover[row]
        return line[column] if column < len(line) else None

    def _covered(self) -> list[list[GridCell | None]]:
        cover: list[list[GridCell | None]] = [
            [None] * self.grid.width for _ in range(self.grid.height)
        ]
        for cell in self.grid.cells:
            if cell.rowspan == cell.colspan == 1:
                cover[cell.row][cell.column] = cell
                continue
            for row in range(cell.row, min(cell.row + cell.rowspan, self.grid.height)):
                for column in range(cell.column, min(cell.column + cell.colspan, self.grid.width)):
                    cover[row][column] = cell
        return cover
