"""One truth, many layouts: every one of them must be read as the same numbers."""

from __future__ import annotations

from pathlib import Path

import layout_changes as change
import layout_print
import pytest
from layout_compare import Allow, differences
from layout_truth import Truth, truths
from layouts_copy import DOCX, MARKDOWN, PRINTED, TEXTS
from layouts_page import PAGES

from duban.reading.reader import read

TRUTHS = truths()
NAMES = list(TRUTHS)
UNDATED = Allow(published=False)
# What a layout truly loses: such cells may be unreadable, but never another number.
LOST = {
    "table 4 in three grids": ("disputes",),
    "pipes without edges": ("applications", "disputes"),  # an empty first cell cannot be written
    "pipes repeated right": ("disputes",),  # labels below a tall cell are lost
}


def _allow(name: str, *, published: bool) -> Allow:
    return Allow(unreadable=LOST.get(name, ()), published=published)


@pytest.mark.parametrize("truth", TRUTHS.values(), ids=NAMES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_read_as_printed(name: str, truth: Truth) -> None:
    assert differences(PAGES[name](truth), truth, _allow(name, published=True)) == []


@pytest.mark.parametrize("truth", TRUTHS.values(), ids=NAMES)
@pytest.mark.parametrize("name", DOCX)
def test_a_word_file_is_read_as_printed(name: str, truth: Truth) -> None:
    assert differences(DOCX[name](truth), truth, _allow(name, published=False)) == []


@pytest.mark.parametrize("truth", TRUTHS.values(), ids=NAMES)
@pytest.mark.parametrize("name", {**TEXTS, **MARKDOWN})
def test_a_copy_is_read_as_printed(name: str, truth: Truth) -> None:
    copies = {**TEXTS, **MARKDOWN}
    assert differences(copies[name](truth), truth, _allow(name, published=False)) == []


@pytest.mark.parametrize("number", range(len(layout_print.STYLES)))
def test_what_a_browser_prints_is_read_as_printed(
    number: int, chromium: str, tmp_path: Path
) -> None:
    style = list(layout_print.STYLES)[number]
    truth = TRUTHS[NAMES[number % len(NAMES)]]
    source = layout_print.html_for_print(truth, style, change.same)
    data = layout_print.by_browser(chromium, source, tmp_path, header=number % 2 == 0)
    # A row that a page cuts between two frames of separated borders is not told from two rows.
    cut = ("applications",) if style == "separate" else ()
    assert differences(data, truth, Allow(unreadable=cut, published=False)) == []


def test_what_libreoffice_exports_is_read_as_printed(soffice: str, tmp_path: Path) -> None:
    made = {f"{n}.docx": DOCX[name](TRUTHS[truth]) for n, (name, truth) in enumerate(PRINTED)}
    printed = layout_print.by_office(soffice, made, tmp_path)
    wrong = {
        name: found
        for (name, truth), data in zip(PRINTED, printed.values(), strict=True)
        if (found := differences(data, TRUTHS[truth], UNDATED))
    }
    assert wrong == {}


def test_tables_without_borders_are_doubted_never_called_missing(
    soffice: str, tmp_path: Path
) -> None:
    truth = TRUTHS["distinct21"]
    made = {"borderless.docx": DOCX["tables without borders"](truth)}
    (data,) = layout_print.by_office(soffice, made, tmp_path).values()
    report = read(data).reading.report
    assert report is not None
    assert [section.part for section in report.sections] == [1, 2, 3, 4, 5, 6]
    for name, table in report.tables.items():
        assert table is not None, name
        assert table.doubt
        assert {cell.kind for cell in table.cells.values()} <= {"unreadable"}
