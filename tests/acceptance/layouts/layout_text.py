"""A truth as copies in plain text and Markdown."""

from __future__ import annotations

from collections.abc import Callable

from layout_form import C, Table, Tables, filled, width
from layout_html import HEADINGS, ORDINALS, dated
from layout_truth import Truth

Lines = Callable[[Table], str]


def cell_lines(table: Table) -> str:
    """Seeds 000-002: a cell a line behind a TAB, covered cells are a TAB alone."""
    return _by_rows(table, lambda cells: "\n".join("\t" + text for text in cells), "\n\n")


def cell_lines_crossing(table: Table) -> str:
    """The same, with labels broken by a soft line."""

    def broken(text: str) -> str:
        return text[:2] + "\n" + text[2:] if len(text) == 4 and not text[0].isdigit() else text

    return _by_rows(table, lambda cells: "\n".join("\t" + broken(t) for t in cells), "\n\n")


def _by_rows(table: Table, joined: Callable[[list[str]], str], between: str) -> str:
    """Rows of drawn cells; vertically covered cells are empty, horizontally covered ones absent."""
    columns = width(table)
    held: dict[int, tuple[int, int]] = {}
    rows = []
    for row in table:
        place, cells, left = 0, [], list(row)
        while place < columns and (left or place in held):
            if place in held:
                cols, rest = held.pop(place)
                cells.append("")
                if rest > 1:
                    held[place] = (cols, rest - 1)
                place += cols
                continue
            cell: C = left.pop(0)
            cells.append(cell.text)
            if cell.rows > 1:
                held[place] = (cell.cols, cell.rows - 1)
            place += cell.cols
        rows.append(joined(cells))
    return between.join(rows)


def tab_rows(table: Table) -> str:
    """A row a line, drawn cells between TABs."""
    return _by_rows(table, "\t".join, "\n")


def tab_rows_filled(table: Table) -> str:
    """A row a line, every grid position between TABs."""
    return "\n".join("\t".join(line) for line in filled(table))


def tab_rows_repeated(table: Table) -> str:
    return "\n".join("\t".join(line) for line in filled(table, "down"))


def tab_rows_spaced(table: Table) -> str:
    return "\n".join("\t ".join(line) + "\t" for line in filled(table))


def spreadsheet(table: Table) -> str:
    """Copied from a page in a browser: covered cells are not there at all."""
    return "\n".join("\t".join(cell.text for cell in row) for row in table)


def pipe(repeat: str, *, edges: bool = True, rule: int = 1) -> Lines:
    def built(table: Table) -> str:
        lines = filled(table, repeat)
        rows = [" | ".join(text or " " for text in line) for line in lines]
        rows.insert(rule, " | ".join("---" for _ in lines[0]))
        return "\n".join(f"| {row} |" if edges else row for row in rows)

    return built


def pipe_broken(table: Table) -> str:
    """<br> inside labels, bold head."""
    lines = filled(table, "blank")
    rows = []
    for number, line in enumerate(lines):
        shown = [t[:3] + "<br>" + t[3:] if len(t) > 6 and not t[0].isdigit() else t for t in line]
        rows.append("|" + "|".join(f"**{t}**" if t and number == 0 else t for t in shown) + "|")
    rows.insert(1, "|" + "|".join(":---:" for _ in lines[0]) + "|")
    return "\n".join(rows)


def pipe_empty_head(table: Table) -> str:
    lines = [["" for _ in range(width(table))], *filled(table, "blank")]
    rows = ["| " + " | ".join(line) + " |" for line in lines]
    rows.insert(1, "|" + "---|" * width(table))
    return "\n".join(rows)


def html_in_markdown(table: Table) -> str:
    from layout_html import html_table

    return html_table(table)


def text(
    truth: Truth,
    tables: Tables,
    drawn: Lines,
    *,
    heading: str = "{o}、{t}",
    title: str = "{t}",
    paragraph: str = "　　{}",
    between: str = "\n\n",
    published: str = "",
) -> str:
    blocks = [title.format(t=truth.title, a=truth.agency, y=truth.year)]
    if published:
        blocks.append(published.format(dated(truth.published)))
    blocks.append(paragraph.format("根据《中华人民共和国政府信息公开条例》规定，编制本报告。"))
    parts = {1: tables.two, 2: tables.three, 3: tables.four}
    for number, name in enumerate(HEADINGS):
        blocks.append(heading.format(o=ORDINALS[number], t=name))
        for piece in parts.get(number, []):
            blocks.append(piece if isinstance(piece, str) else drawn(piece))
        blocks += [paragraph.format(line) for line in truth.prose[number]]
    if truth.signed:
        blocks += [" " * 34 + truth.agency, " " * 34 + dated(truth.signed)]
    return between.join(blocks) + "\n"
