"""One county's reports, pages and lists, written below the folder of the site."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from duban.samples import site as sites
from duban.samples import truth
from duban.samples.chance import chance
from duban.samples.composing import Habits
from duban.samples.data import load
from duban.samples.figures import Stock
from duban.samples.manuscript import Manuscript
from duban.samples.plan import County, Plan
from duban.samples.planting import Planter, Year
from duban.samples.rendering import ENDINGS, Format, render
from duban.samples.roster import Entry
from duban.samples.site import Column

_OUTSIDE = "http://www.linxi.example/gknb/index.html"
_ATTACHED_SHARE = 0.04
_WEIGHTS = {"docx": 3, "pdf": 1}


class Made(msgspec.Struct, kw_only=True):
    """What was made of a county besides its files; a line of truth for each report."""

    columns: list[Column] = []
    entries: list[sites.Entry] = []
    missing: list[dict[str, Any]] = []
    by_format: dict[str, int] = {}
    faults: dict[str, int] = {}


class Maker:
    """Makes one county; what it does depends on the plan and the county's number alone."""

    def __init__(self, directory: Path, plan: Plan, county: County) -> None:
        self.lines: list[str] = []
        self._directory = directory
        self._plan = plan
        self._county = county
        self._made = Made()
        self._by_format: Counter[str] = Counter()
        self._planter = Planter(plan.seed, county.number, plan.fault_rate)

    def make(self, progress: Callable[[], None]) -> Made:
        """Makes everything; `progress` is called after each report."""
        for entry, years in self._county.bodies:
            self._agency(entry, years, progress)
        self._strays()
        for column in self._made.columns:
            mine = [e for e in self._made.entries if e.column == column.path]
            for path, page in sites.list_pages(column, mine).items():
                self._write(path, page.encode())
        self._made.by_format = dict(self._by_format)
        self._made.faults = dict(self._planter.faults)
        return self._made

    def _agency(self, entry: Entry, years: tuple[int, ...], progress: Callable[[], None]) -> None:
        """Makes an agency's reports, one year after the other."""
        rng = chance(self._plan.seed, entry.code)
        habits, stock = Habits.draw(rng), Stock(in_force=rng.randint(0, 40))
        column = Column(
            path=f"/{entry.code}/gknb/", name="政府信息公开年报", agency=entry.agency.name,
            style="list" if entry.site == "list" else "table",
        )  # fmt: skip
        self._made.columns.append(column)
        gaps = self._gaps(rng, years)
        before: Manuscript | None = None
        for year in years:
            rng = chance(self._plan.seed, entry.code, year, "site")
            media = self._media(entry, rng)
            paper, stock = self._planter.report(Year(entry, year, habits, media, before), stock)
            if year in gaps:
                self._missing(entry, year)
                before = None
            else:
                self._report(paper, media, entry, column, rng)
                before = paper
            self._others(column, year, rng)
            progress()

    def _gaps(self, rng: Random, years: tuple[int, ...]) -> set[int]:
        """The years whose report does not exist; at least one does."""
        gaps = {year for year in years if rng.random() < self._plan.gap_rate}
        return gaps - {rng.choice(years)} if gaps else gaps

    def _missing(self, entry: Entry, year: int) -> None:
        agency = entry.agency
        self._made.missing.append({"agency_id": agency.id, "agency": agency.name, "year": year})

    def _media(self, entry: Entry, rng: Random) -> Format:
        formats = self._plan.formats
        attached = [name for name in formats if name != "html"]
        if not attached:
            return "html"
        is_page = entry.site == "list" and rng.random() >= _ATTACHED_SHARE
        if "html" in formats and is_page:
            return "html"
        return rng.choices(attached, [_WEIGHTS.get(name, 1) for name in attached])[0]

    def _report(
        self, paper: Manuscript, media: Format, entry: Entry, column: Column, rng: Random
    ) -> None:
        day = paper.published_on.replace("-", "")
        title = paper.title.replace("|", "")
        page = f"{column.path}t{day}_{paper.year}.html"
        if media == "html":
            tags = sites.meta_tags(title, paper.published_on, column, page)
            path = page
            self._write(page, render(paper, media, rng, head=tags))
        else:
            path = f"{column.path}files/{entry.code}_{paper.year}.{ENDINGS[media]}"
            self._write(path, render(paper, media, rng))
            detail = sites.attachment_page(title, paper.published_on, column, page, path)
            self._write(page, detail.encode())
        self._made.entries.append(
            sites.Entry(
                column=column.path,
                title=f"{entry.agency.name}{paper.year}年政府信息公开工作年度报告",
                href=page,
                date=paper.published_on,
                files=tuple(dict.fromkeys((page, path))),
                report=True,
                year=paper.year,
            )
        )
        self.lines.append(truth.as_line(truth.entry(paper, path=f"site{path}", media=media)))
        self._by_format[media] += 1

    def _others(self, column: Column, year: int, rng: Random) -> None:
        for which in rng.sample(range(len(load("pages"))), rng.randint(0, 2)):
            date = f"{year + 1}-0{rng.randint(2, 9)}-{rng.randint(10, 28)}"
            title, paragraphs = sites.other_pages(column, year, which, rng.randint(100, 900))
            path = f"{column.path}t{date.replace('-', '')}_{which}.html"
            page = sites.plain_page(title, date, column, path, paragraphs)
            self._write(path, page.encode())
            self._made.entries.append(
                sites.Entry(column=column.path, title=title, href=path, date=date, files=(path,))
            )

    def _strays(self) -> None:
        for number, column in enumerate(self._made.columns[:6]):
            year = 2021
            title = f"{column.agency}{year - 3}年政府信息公开工作年度报告"
            dead = f"{column.path}t{year}0118_gone.html"
            href = dead if number % 2 else _OUTSIDE
            self._made.entries.append(
                sites.Entry(column=column.path, title=title, href=href, date=f"{year}-01-18")
            )

    def _write(self, path: str, data: bytes) -> None:
        target = self._directory / "site" / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
