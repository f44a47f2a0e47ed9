"""Cells that do not print what a count must look like."""

from __future__ import annotations

from random import Random

from duban.samples.faults.consequence import finding, plant_one
from duban.samples.manuscript import Manuscript

_DECIDED = ("licensing", "penalties", "compulsion")
_WORDS = ("若干", "详见附件", "约二十", "统计中", "见网站")


def _decision_cell(rng: Random) -> str:
    """A decision count of table 2 that no sentence speaks of."""
    return f"disclosure.{rng.choice(_DECIDED)}.decisions"


def negative(paper: Manuscript, rng: Random) -> bool:
    """A count with a minus sign before it."""
    path = _decision_cell(rng)
    value = -rng.randint(1, 40)
    paper.cells[path] = str(value)
    expected = finding("cell_negative", "error", cells=[path], actual=value)
    return plant_one(paper, "negative", expected)


def fraction(paper: Manuscript, rng: Random) -> bool:
    """A count with decimals."""
    path = _decision_cell(rng)
    value = rng.randint(1, 400) + rng.choice((0.5, 0.25, 0.8))
    paper.cells[path] = repr(value)
    expected = finding("cell_fraction", "error", cells=[path], actual=value)
    return plant_one(paper, "fraction", expected)


def words(paper: Manuscript, rng: Random) -> bool:
    """Words instead of a count."""
    path = _decision_cell(rng)
    paper.cells[path] = rng.choice(_WORDS)
    expected = finding("cell_text", "warning", cells=[path], actual=paper.cells[path])
    return plant_one(paper, "words", expected)


def _zero_cells(paper: Manuscript) -> list[str]:
    return [
        path
        for path, text in paper.cells.items()
        if path.startswith("applications.results.") and text == "0" and not path.endswith(".total")
    ]


def few_blanks(paper: Manuscript, rng: Random) -> bool:
    """One to four zeros of table 3 are left empty: a remark only."""
    zeros = _zero_cells(paper)
    if len(zeros) < 4:
        return False
    return _blank(paper, rng.sample(zeros, rng.randint(1, 4)), "few_blanks", "info")


def many_blanks(paper: Manuscript, rng: Random) -> bool:
    """Five and more zeros of table 3 are left empty."""
    zeros = _zero_cells(paper)
    if len(zeros) < 12:
        return False
    return _blank(paper, rng.sample(zeros, rng.randint(5, 12)), "many_blanks", "warning")


def blank_row(paper: Manuscript, rng: Random) -> bool:
    """A row of zeros of table 3 is left empty, its total included."""
    rows = [
        row.field
        for row in paper.request_rows()
        if row.field.startswith("results.")
        and row.field != "results.total"
        and paper.cells[f"applications.{row.field}.total"] == "0"
    ]
    if not rows:
        return False
    prefix = f"applications.{rng.choice(rows)}."
    return _blank(paper, [p for p in paper.cells if p.startswith(prefix)], "blank_row", "warning")


def blank_group(paper: Manuscript, rng: Random) -> bool:
    """A group of table 4 without cases is left empty."""
    groups = [
        path.removesuffix("total")
        for path, text in paper.cells.items()
        if path.startswith("disputes.") and path.endswith(".total") and text == "0"
    ]
    if not 1 <= len(groups) <= 2:
        return False
    prefix = rng.choice(groups)
    return _blank(paper, [p for p in paper.cells if p.startswith(prefix)], "blank_group", "warning")


def _blank(paper: Manuscript, paths: list[str], fault: str, severity: str) -> bool:
    for path in paths:
        paper.cells[path] = ""
    expected = finding("cell_blank", severity, cells=paths, actual=len(paths))
    return plant_one(paper, fault, expected)


FAULTS = {
    "negative": negative,
    "fraction": fraction,
    "words": words,
    "few_blanks": few_blanks,
    "many_blanks": many_blanks,
    "blank_row": blank_row,
    "blank_group": blank_group,
}
