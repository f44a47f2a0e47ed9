"""Five invented twins of real sample reports: the same habits byte by byte, other contents."""

from __future__ import annotations

from importlib.resources import files
from itertools import zip_longest
from pathlib import Path
from typing import Any

from duban.domain.agency import Agency
from duban.domain.form import (
    DISPUTE_COLUMNS,
    DISPUTE_GROUPS,
    application_rows,
    disclosure_tables,
)
from duban.domain.report import TableName
from duban.samples import truth
from duban.samples.data import load
from duban.samples.faults.consequence import finding
from duban.samples.figures import APPLICANT_FIELDS, COLUMN_FIELDS, leaf_rows
from duban.samples.manuscript import Manuscript, Part, Planted
from duban.samples.tabbed import tabbed_lines
from duban.samples.tables import Printed, printed_tables

_TABLES: tuple[TableName, ...] = ("disclosure", "applications", "disputes")
_BLANKS = {
    "a": "\u00a0{}", "b": "{}", "c": " {}\u00a0", "d": "{}\u00a0", "e": "      {}\u00a0     ",
    "f": "     \u00a0{}", "g": "  {}", "h": "  {} ", "i": "{} ",
}  # fmt: skip


def write(directory: Path) -> None:
    """Writes the five files and their `truth.json`; the same bytes every time."""
    directory.mkdir(parents=True, exist_ok=True)
    entries = []
    for about in load("twins"):
        paper = _manuscript(about)
        (directory / about["file"]).write_bytes(_text(about, paper).encode())
        entries.append(_truth(about, paper))
    (directory / "truth.json").write_text(truth.as_text(None, entries), "utf-8")


def _manuscript(about: dict[str, Any]) -> Manuscript:
    form = about["regime"]
    cells = {
        f"disclosure.{row.field}.{column.field}": "0"
        for sub in disclosure_tables(form)
        for row in sub.rows
        for column in sub.columns
    }
    if about.get("sub_rows"):
        _divide_services(cells, about["sub_rows"])
    cells |= {f"disclosure.{path}": str(text) for path, text in about["disclosure"].items()}
    cells |= _applications(about) | _disputes(about)
    names = dict(enumerate((None, *_TABLES, None, None)))
    headings = zip(about["headings"], about["ordinals"], strict=True)
    parts = [Part(n + 1, h, o, [], names[n]) for n, (h, o) in enumerate(headings)]
    title = f"{about['agency']}{about['year']}年政府信息公开工作年度报告"
    paper = Manuscript(
        Agency(id="", name=about["agency"], kind=about["kind"]), about["year"], form, title, [],
        parts, cells, sub_rows=tuple(about.get("sub_rows", ())),
    )  # fmt: skip
    if about["layout"] == "tabs":
        paper.extra_dispute_columns.append("")
    return paper


def _divide_services(cells: dict[str, str], subs: list[str]) -> None:
    for path in [path for path in cells if path.startswith("disclosure.other_services.")]:
        del cells[path]
        for sub in subs:
            cells[path.replace("other_services", f"other_services.sub[{sub}]")] = "0"


def _applications(about: dict[str, Any]) -> dict[str, str]:
    form, given = about["regime"], about["applications"]
    counts = {
        f"{row.field}.{column}": count
        for row in application_rows(form)
        for column, count in zip_longest(APPLICANT_FIELDS, given.get(row.field, []), fillvalue=0)
    }
    for column in APPLICANT_FIELDS:
        counts[f"results.total.{column}"] = sum(counts[f"{r}.{column}"] for r in leaf_rows(form))
    for row in application_rows(form):
        counts[f"{row.field}.total"] = sum(counts[f"{row.field}.{c}"] for c in APPLICANT_FIELDS)
    return {
        f"applications.{row.field}.{column}": str(counts[f"{row.field}.{column}"])
        for row in application_rows(form)
        for column in COLUMN_FIELDS
    }


def _disputes(about: dict[str, Any]) -> dict[str, str]:
    cells = {}
    for group in DISPUTE_GROUPS:
        counts = about["disputes"].get(group.field, [0, 0, 0, 0])
        for column, count in zip(DISPUTE_COLUMNS, [*counts, sum(counts)], strict=True):
            cells[f"disputes.{group.field}.{column.field}"] = str(count)
    return cells


def _text(about: dict[str, Any], paper: Manuscript) -> str:
    source = files("duban.samples.data").joinpath("twins", about["file"])
    text = source.read_bytes().decode()
    for name in _TABLES:
        lines = (
            tabbed_lines(paper, name) if about["layout"] == "tabs" else _lines(about, paper, name)
        )
        text = text.replace(f"@{name}@", "\n".join(lines))
    return text


def _lines(about: dict[str, Any], paper: Manuscript, name: TableName) -> list[str]:
    """One cell a line, an empty line between rows."""
    (table,) = printed_tables(paper, name)
    patterns = _patterns(about, name)
    lines: list[str] = []
    for number, row in enumerate(table.matrix()):
        letters = iter(patterns.get(number - table.head_rows, ""))
        seen: set[int] = set()
        for cell, starts in row:
            if id(cell) in seen:
                continue
            seen.add(id(cell))
            visible = starts or cell.row == number
            text = _broken(about, cell, name) if visible else ""
            shape = _BLANKS[next(letters, "b")] if cell.value else "{}"
            lines.append("\t" + shape.format(text))
        lines.append("")
    return lines[:-1]


def _patterns(about: dict[str, Any], name: TableName) -> dict[int, str]:
    """The blanks around the values of a data row, one letter a cell."""
    given = about.get("blanks", {})
    rows = dict(enumerate(given)) if isinstance(given, list) else given
    last = len(application_rows(about["regime"]))
    if name == "applications":
        return {row: letters for row, letters in rows.items() if row < last}
    return {0: rows[last]} if name == "disputes" and last in rows else {}


def _broken(about: dict[str, Any], cell: Printed, name: TableName) -> str:
    """The text of a cell with the line breaks of the original inside it."""
    text = cell.text
    if name == "disputes" and cell.head and cell.row:
        first = (cell.row, cell.column) == (1, 0)
        if first and "first_dispute_head" in about:
            return str(about["first_dispute_head"])
        if about.get("spaced_total") and text == "总计" and cell.row == 1:
            return "总 计"
        if about.get("broken_disputes") and len(text) == 4 and not first:
            return f"{text[:2]}\n{text[2:]}"
    if text == "采购总金额":
        return str(about["amount_note"])
    return str(about.get("broken", {}).get(text, text))


def _truth(about: dict[str, Any], paper: Manuscript) -> dict[str, Any]:
    findings = [
        finding(f["consequence"], f["severity"], cells=f.get("cells"), expected=f.get("expected"),
                actual=f.get("actual"))
        for f in about["findings"]
    ]  # fmt: skip
    if findings:
        paper.planted.append(Planted("twin", findings))
    entry = truth.entry(paper, path=about["file"], media="text")
    fees = about["fees"]
    entry |= {
        "agency_id": None,
        "published_on": None,
        "signatory": about.get("signatory"),
        "signed_on": about.get("signed_on"),
        "facts": [{"approximate": False, **fact} for fact in about["facts"]],
        "fees": dict(zip(entry["fees"], (bool(fees), *(fees or [None] * 3)), strict=True)),
        "oddities": about["oddities"],
    }
    return entry
