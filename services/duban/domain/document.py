"""What every format becomes before anything is understood: paragraphs and grids in order."""

from __future__ import annotations

from typing import Literal

import msgspec

from duban.domain.place import Place

Media = Literal[
    "html", "docx", "doc", "wps", "rtf", "odt", "pdf", "text", "markdown", "xlsx", "ofd", "zip",
    "unknown",
]  # fmt: skip


class Paragraph(msgspec.Struct, frozen=True, omit_defaults=True, tag="paragraph"):
    """One paragraph outside every table, soft line breaks kept as newlines.

    `heading` is the format's own heading level (h1 → 1, "Heading 2" → 2), `numbering` the
    automatic number a reader of the original sees before the text ("一、"), which is not part
    of `text`. `furniture` marks page numbers and running heads.
    """

    text: str
    at: Place
    heading: int | None = None
    numbering: str | None = None
    furniture: bool = False


class GridCell(msgspec.Struct, frozen=True, omit_defaults=True):
    """One cell as drawn, at its first grid position; `row` and `column` start at 0."""

    text: str
    row: int
    column: int
    rowspan: int = 1
    colspan: int = 1
    at: Place = Place()


class Grid(msgspec.Struct, frozen=True, omit_defaults=True, tag="grid"):
    """One table. Spans are resolved: no two cells cover one position.

    `ragged` says that columns were counted along each row only (tab-separated text, cells
    one a line), so that equal column numbers in two rows need not be the same column.
    `doubt` says why the structure cannot be trusted, if it cannot.
    """

    cells: tuple[GridCell, ...]
    width: int
    height: int
    at: Place
    ragged: bool = False
    doubt: str | None = None

    def rows(self) -> list[list[GridCell]]:
        """The cells that start in each row, from left to right."""
        rows: list[list[GridCell]] = [[] for _ in range(self.height)]
        for cell in self.cells:
            rows[cell.row].append(cell)
        for row in rows:
            row.sort(key=lambda cell: cell.column)
        return rows


class Picture(msgspec.Struct, frozen=True, omit_defaults=True, tag="picture"):
    """A picture large enough to hold text or a table (icons and rules are left out)."""

    at: Place


Block = Paragraph | Grid | Picture


class Document(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A file as blocks in reading order.

    `title` is the document's own title (html title or ArticleTitle, core properties), `meta`
    its named meta values (PubDate, SiteName …). `converted` is true where the bytes are a
    plain-text or Markdown copy of an original whose structure was lost (headings without
    numbers, tables as lines): faults of structure are then not provably the agency's.
    `pages` and `pages_with_text` are counted for paged formats.
    """

    media: Media
    blocks: tuple[Block, ...]
    title: str | None = None
    meta: dict[str, str] = msgspec.field(default_factory=dict)
    links: tuple[tuple[str, str], ...] = ()
    converted: bool = False
    pages: int | None = None
    pages_with_text: int | None = None
