"""How tables are laid out: each layout one object, so that what follows from it is kept with it.

Nearly every table is laid out like the form, or like one of a few departures in common use.
"""

from __future__ import annotations

from functools import cached_property

from duban.domain.report import Table

_LAYOUTS = 96  # three tables in two forms, and departures; then they are learned anew


class Layout:
    """The full paths of a table's cells in the order they were read, and the fields of its rows.

    Layouts of one `Layouts` are equal only if they are the same object. `present` keeps which
    cells of a choice of rows the table has.
    """

    def __init__(self, name: str, cells: tuple[str, ...]) -> None:
        self.paths = tuple([f"{name}.{path}" for path in cells])
        self.present: dict[str, tuple[str, ...]] = {}
        self._cells = cells

    @cached_property
    def rows(self) -> frozenset[str]:
        """The row fields that the table has."""
        return frozenset([path[: path.rfind(".")] for path in self._cells])


class Layouts:
    """The layouts met so far."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], Layout] = {}

    def of(self, name: str, table: Table) -> Layout:
        """The layout of a table under the name it has in its report."""
        cells = tuple(table.cells)
        key = (name, cells, tuple([row.field for row in table.rows]))
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _LAYOUTS:
                self._known.clear()
            found = self._known[key] = Layout(name, cells)
        return found
