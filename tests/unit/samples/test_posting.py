"""A made county on several days: nothing dated later is there, the newest comes bit by bit."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from duban.cli.demo import years_on
from duban.samples import make
from duban.samples import site as sites
from duban.samples.lists import list_pages
from duban.samples.portal import Portal
from duban.samples.posting import Posting

AGENCIES = 14
DAYS = ("2026-01-01", "2026-01-20", "2026-02-01", "2026-03-31", "2026-04-01", "2026-11-21",
        "2026-12-31", "2027-01-20", "2028-02-29")  # fmt: skip


@pytest.fixture(scope="module", params=DAYS)
def at(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    day = str(request.param)
    folder = tmp_path_factory.mktemp("county")
    make(folder, seed=3, agencies=AGENCIES, years=years_on(day), formats=("html",))
    return day, folder


def posted(day: str, folder: Path) -> list[sites.Entry]:
    site = sites.from_json((folder / "site.json").read_bytes())
    posting = Posting(site, folder / "none.json", is_slow=False, today=lambda: day)
    return [entry for entry in site.entries if posting.is_out(entry)]


def test_nothing_is_dated_in_the_future(at: tuple[str, Path]) -> None:
    day, folder = at
    assert max(entry.date for entry in posted(day, folder)) <= day


def test_reports_are_dated_in_the_year_after_the_one_they_report_on(at: tuple[str, Path]) -> None:
    files = json.loads((at[1] / "truth.json").read_text("utf-8"))["files"]
    assert files
    for file in files:
        assert date.fromisoformat(file["published_on"]).year == file["year"] + 1


def test_every_report_whose_last_day_has_passed_is_there(at: tuple[str, Path]) -> None:
    day, folder = at
    newest = int(day[:4]) - 1
    there = Counter(entry.year for entry in posted(day, folder) if entry.report)
    assert there[newest - 1] == there[newest - 2] == AGENCIES
    if day[5:] > "03-31":
        assert there[newest] == AGENCIES
    elif day[5:] > "01-31":
        assert there[newest] >= AGENCIES - 1  # one of them is a government
    else:
        assert there[newest] < AGENCIES


def test_something_is_held_back_on_every_day_and_comes_out(at: tuple[str, Path]) -> None:
    day, folder = at
    site = sites.from_json((folder / "site.json").read_bytes())
    posting = Posting(site, folder / "held.json", is_slow=True, today=lambda: day)
    waiting, before = posting.waiting, sum(map(posting.is_out, site.entries))
    assert waiting == AGENCIES - 6
    while posting.release_one():
        pass
    assert sum(map(posting.is_out, site.entries)) == before + waiting
    assert [e for e in site.entries if posting.is_out(e)] == posted(day, folder)


def test_a_report_comes_out_when_its_day_comes(tmp_path: Path) -> None:
    make(tmp_path, seed=3, agencies=AGENCIES, years=(2024, 2025), formats=("html",))
    today = "2026-01-01"
    portal = Portal(tmp_path, release_every_s=3600, today=lambda: today)
    while portal.release_one():
        pass
    site = sites.from_json((tmp_path / "site.json").read_bytes())
    entry = next(e for e in site.entries if e.report and e.year == 2025)
    column = next(c for c in site.columns if c.path == entry.column)
    lists = list_pages(column, [e for e in site.entries if e.column == column.path])
    assert portal.page(entry.files[0]) is None
    before = {path: portal.page(path) for path in lists}
    today = "2026-04-01"
    while portal.release_one():
        pass
    assert portal.page(entry.files[0]) is not None
    assert {path: portal.page(path) for path in lists} != before
