"""Parts, ordinals, tables, rows and columns that depart from the unified form."""

from __future__ import annotations

from random import Random

from duban.domain.form import application_rows, disclosure_tables
from duban.domain.report import Regime, TableName
from duban.samples.faults.consequence import finding, plant_one
from duban.samples.figures import COLUMN_FIELDS
from duban.samples.manuscript import Manuscript, Paragraph, Part

_PROMOTED = (
    "主动公开方面",
    "依申请公开办理方面",
    "政府信息管理方面",
    "平台建设方面",
    "监督保障方面",
)
_UNKNOWN_ROWS = (("（四）无法提供", "4.转交其他单位办理"), ("（五）不予处理", "6.申请人主动撤回"))


def _at(paper: Manuscript, part: int) -> int:
    return next(n for n, item in enumerate(paper.parts) if item.part == part)


def part_missing(paper: Manuscript, rng: Random) -> bool:
    """Part 5 is not there, neither heading nor text."""
    del paper.parts[_at(paper, 5)]
    return plant_one(paper, "part_missing", finding("part_missing", "error"))


def part_order(paper: Manuscript, rng: Random) -> bool:
    """Two parts change places and keep their ordinals."""
    first = rng.choice((3, 5))
    here = _at(paper, first)
    paper.parts[here], paper.parts[here + 1] = paper.parts[here + 1], paper.parts[here]
    return plant_one(paper, "part_order", finding("part_order", "warning"))


def number_wrong(paper: Manuscript, rng: Random) -> bool:
    """One part repeats the ordinal of the part before."""
    part = paper.parts[_at(paper, rng.choice((3, 4, 5, 6)))]
    part.ordinal = (part.ordinal or 0) - 1
    return plant_one(paper, "number_wrong", finding("number_wrong", "warning"))


def numbers_shifted(paper: Manuscript, rng: Random) -> bool:
    """From one part on every ordinal is one too low: one finding."""
    for part in paper.parts[rng.choice((2, 3, 4)) :]:
        part.ordinal = (part.ordinal or 0) - 1
    return plant_one(paper, "numbers_shifted", finding("number_wrong", "warning"))


def number_restart(paper: Manuscript, rng: Random) -> bool:
    """The aspects of part 1 are numbered like parts, so that 一、 occurs twice."""
    first = paper.parts[0]
    aspects = [
        Part(None, heading, number + 1, [Paragraph(paragraph.sentences)])
        for number, (heading, paragraph) in enumerate(zip(_PROMOTED, first.paragraphs, strict=True))
    ]
    first.paragraphs = []
    paper.parts[1:1] = aspects
    return plant_one(paper, "number_restart", finding("number_restart", "warning"))


def table_missing(paper: Manuscript, rng: Random) -> bool:
    """One of the three tables is left out."""
    tables: tuple[TableName, ...] = ("disclosure", "applications", "disputes")
    gone = rng.choice(tables)
    paper.tables_absent.add(gone)
    paper.cells = {p: t for p, t in paper.cells.items() if not p.startswith(f"{gone}.")}
    return plant_one(paper, "table_missing", finding("table_missing", "error"))


def row_missing(paper: Manuscript, rng: Random) -> bool:
    """A row of zeros is left out of table 3."""
    rows = [
        row.field
        for row in paper.request_rows()
        if row.group.startswith(("（三）", "（四）", "（五）"))
        and paper.cells[f"applications.{row.field}.total"] == "0"
    ]
    if not rows:
        return False
    _drop_row(paper, rng.choice(rows))
    return plant_one(paper, "row_missing", finding("request_rows", "error"))


def _drop_row(paper: Manuscript, row: str) -> None:
    for column in COLUMN_FIELDS:
        del paper.cells[f"applications.{row}.{column}"]


def row_unknown(paper: Manuscript, rng: Random) -> bool:
    """Table 3 has a row of zeros that no form knows."""
    paper.extra_rows.append(rng.choice(_UNKNOWN_ROWS))
    return plant_one(paper, "row_unknown", finding("request_rows", "error"))


def other_undivided(paper: Manuscript, rng: Random) -> bool:
    """（六）其他处理 is one row in an otherwise current table."""
    if paper.form != "R2021":
        return False
    _merge_other(paper)
    return plant_one(paper, "other_undivided", finding("request_rows", "warning"))


def _merge_other(paper: Manuscript) -> None:
    parts = [
        f"applications.results.other.{n}" for n in ("overdue_correction", "overdue_fee", "other")
    ]
    for column in COLUMN_FIELDS:
        total = sum(int(paper.cells.pop(f"{part}.{column}")) for part in parts)
        paper.cells[f"applications.results.other.total.{column}"] = str(total)


def column_extra(paper: Manuscript, rng: Random) -> bool:
    """Table 3 has a value column of zeros that no form knows."""
    paper.extra_request_columns.append(rng.choice(("个体工商户", "村民自治组织")))
    paper.uncertain.add("applications")
    return plant_one(paper, "column_extra", finding("request_columns", "error"))


def column_missing(paper: Manuscript, rng: Random) -> bool:
    """Table 3 lacks a column that would hold only zeros."""
    empty = [
        column
        for column in COLUMN_FIELDS[2:-1]
        if all(t == "0" for p, t in paper.cells.items() if _in_column(p, column))
    ]
    if not empty:
        return False
    gone = rng.choice(empty)
    paper.dropped_request_columns.add(gone)
    paper.cells = {p: t for p, t in paper.cells.items() if not _in_column(p, gone)}
    paper.uncertain.add("applications")
    return plant_one(paper, "column_missing", finding("request_columns", "error"))


def _in_column(path: str, column: str) -> bool:
    return path.startswith("applications.") and path.endswith(f".{column}")


def dispute_column_extra(paper: Manuscript, rng: Random) -> bool:
    """Table 4 has a 16th value column without a label, with 0 in it."""
    paper.extra_dispute_columns.append("")
    expected = finding("dispute_columns", "warning", expected=15, actual=16)
    return plant_one(paper, "dispute_column_extra", expected)


def dispute_column_missing(paper: Manuscript, rng: Random) -> bool:
    """Table 4 lacks a column."""
    gone = f"litigation_after_reconsideration.{rng.choice(('corrected', 'other', 'pending'))}"
    if paper.cells[f"disputes.{gone}"] != "0":
        return False
    paper.dropped_dispute_columns.add(gone)
    del paper.cells[f"disputes.{gone}"]
    paper.uncertain.add("disputes")
    expected = finding("dispute_columns", "error", expected=15, actual=14)
    return plant_one(paper, "dispute_column_missing", expected)


def form_wrong(paper: Manuscript, rng: Random) -> bool:
    """The tables are those of the other form."""
    target: Regime = "R2019" if paper.form == "R2021" else "R2021"
    kept = {p: t for p, t in paper.cells.items() if not p.startswith("disclosure.")}
    kept |= _disclosure(paper, target, rng)
    paper.cells, paper.form, paper.sub_rows = kept, target, ()
    if target == "R2019":
        _merge_other(paper)
    else:
        _split_other(paper)
    return plant_one(paper, "form_wrong", finding("form_wrong", "error"))


def _disclosure(paper: Manuscript, target: Regime, rng: Random) -> dict[str, str]:
    cells = {}
    for sub in disclosure_tables(target):
        for row in sub.rows:
            for column in sub.columns:
                path = f"disclosure.{row.field}.{column.field}"
                invented = "0" if row.field == "regulations" else str(rng.randint(1, 9))
                cells[path] = paper.cells.get(path, invented)
    return cells


def _split_other(paper: Manuscript) -> None:
    rows = [r.field for r in application_rows("R2021") if r.field.startswith("results.other.")]
    for column in COLUMN_FIELDS:
        whole = paper.cells.pop(f"applications.results.other.total.{column}")
        for row in rows:
            paper.cells[f"applications.{row}.{column}"] = whole if row.endswith("other") else "0"


FAULTS = {
    "part_missing": part_missing,
    "part_order": part_order,
    "number_wrong": number_wrong,
    "numbers_shifted": numbers_shifted,
    "number_restart": number_restart,
    "table_missing": table_missing,
    "row_missing": row_missing,
    "row_unknown": row_unknown,
    "other_undivided": other_undivided,
    "column_extra": column_extra,
    "column_missing": column_missing,
    "dispute_column_extra": dispute_column_extra,
    "dispute_column_missing": dispute_column_missing,
    "form_wrong": form_wrong,
}
