"""One county's reports, pages and lists, written below the folder of the site."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from duban.samples import encoding, truth
from duban.samples import site as sites
from duban.samples.chance import chance
from duban.samples.composing import Habits
from duban.samples.data import load
from duban.samples.figures import Stock
from duban.samples.lists import Look, list_pages
from duban.samples.manuscript import Manuscript
from duban.samples.plan import County, Plan
from duban.samples.planting import Planter, Year
from duban.samples.rendering import ENDINGS, Format, render
from duban.samples.roster import Entry
from duban.samples.site import Column

_OUTSIDE = "http://www.linxi.example/gknb/index.html"
_ATTACHED_SHARE = 0.04
_MISNAMED_SHARE = 0.15
_STRAYS = 6  # in each county
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
        self._columns: dict[str, Column] = {}
        self._by_format: Counter[str] = Counter()
        self._planter = Planter(plan.seed, county.number, plan.fault_rate)

    def make(self, progress: Callable[[], None]) -> Made:
        """Makes everything; `progress` is called after each report."""
        for entry, years in self._county.bodies:
            self._agency(entry, years, progress)
        self._strays()
        for column in self._made.columns:
            mine = [e for e in self._made.entries if e.column == column.path]
            for path, page in list_pages(column, mine).items():
                self._page(path, page, column)
        self._made.by_format = dict(self._by_format)
        self._made.faults = dict(self._planter.faults)
        return self._made

    def _agency(self, entry: Entry, years: tuple[int, ...], progress: Callable[[], None]) -> None:
        """Makes an agency's reports, one year after the other."""
        rng = chance(self._plan.seed, entry.code)
        habits, stock = Habits.draw(rng), Stock(in_force=rng.randint(0, 40))
        column = self._column(entry)
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
            self._others(column, entry, year, rng)
            progress()

    def _column(self, entry: Entry) -> Column:
        """The column an agency posts in, made where it is its first."""
        if entry.folder not in self._columns:
            agency = entry.agency.name
            if entry.site in ("branches", "files"):
                agency = self._county.bodies[0][0].agency.name
            column = Column(
                path=entry.folder, name="政府信息公开年报", agency=agency,
                style="table" if entry.site == "attached" else entry.site,
                encoding=encoding.draw(chance(self._plan.seed, entry.folder)),
            )  # fmt: skip
            self._columns[entry.folder] = column
            self._made.columns.append(column)
        return self._columns[entry.folder]

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
        is_page = entry.site not in ("attached", "files") and rng.random() >= _ATTACHED_SHARE
        if "html" in formats and is_page:
            return "html"
        return rng.choices(attached, [_WEIGHTS.get(name, 1) for name in attached])[0]

    def _report(
        self, paper: Manuscript, media: Format, entry: Entry, column: Column, rng: Random
    ) -> None:
        title, day = paper.title.replace("|", ""), paper.published_on
        page = f"{column.path}t{day.replace('-', '')}_{entry.code}_{paper.year}.html"
        listed = f"{entry.agency.name}{paper.year}年政府信息公开工作年度报告"
        path = page
        tags = sites.meta_tags(title, day, column, page) if Look.of(column).has_meta else ""
        if media == "html":
            self._write(path, render(paper, media, rng, head=tags))
        else:
            path = f"{column.path}files/{entry.code}_{paper.year}.{_ending(media, entry, rng)}"
            self._write(path, render(paper, media, rng))
            if entry.site == "files":
                page, listed = path, f"{listed}.{path.rpartition('.')[2]}"
            else:
                detail = sites.attachment_page(title, day, column, tags, path)
                self._page(page, detail, column)
        self._made.entries.append(
            sites.Entry(
                column=column.path,
                title=listed,
                href=page,
                date=day,
                files=tuple(dict.fromkeys((page, path))),
                report=True,
                year=paper.year,
                agency_id=entry.agency.id,
                branch=_branch(column, entry, paper.year),
            )
        )
        self.lines.append(truth.as_line(truth.entry(paper, path=f"site{path}", media=media)))
        self._by_format[media] += 1

    def _others(self, column: Column, entry: Entry, year: int, rng: Random) -> None:
        for which in rng.sample(range(len(load("pages"))), rng.randint(0, 2)):
            date = f"{year + 1}-0{rng.randint(2, 9)}-{rng.randint(10, 28)}"
            name, count = entry.agency.name, rng.randint(100, 900)
            title, paragraphs = sites.other_pages(name, year, which, count)
            path = f"{column.path}t{date.replace('-', '')}_{entry.code}_{which}.html"
            self._page(path, sites.plain_page(title, date, column, path, paragraphs), column)
            branch = _branch(column, entry, year) if column.style == "branches" else ""
            self._made.entries.append(
                sites.Entry(
                    column=column.path,
                    title=title,
                    href=path,
                    date=date,
                    files=(path,),
                    branch=branch,
                )
            )

    def _strays(self) -> None:
        """In some columns a link that is dead, or leads to another site."""
        for number, column in enumerate(c for c in self._made.columns if c.style != "branches"):
            if number == _STRAYS:
                return
            title = f"{column.agency}2018年政府信息公开工作年度报告"
            href = f"{column.path}t20190118_gone.html" if number % 2 else _OUTSIDE
            self._made.entries.append(
                sites.Entry(column=column.path, title=title, href=href, date="2019-01-18")
            )

    def _page(self, path: str, text: str, column: Column) -> None:
        self._write(path, encoding.encoded(text, column.encoding))

    def _write(self, path: str, data: bytes) -> None:
        target = self._directory / "site" / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def _ending(media: Format, entry: Entry, rng: Random) -> str:
    """The ending of a file; some sites name every Word document .doc."""
    is_misnamed = media == "docx" and entry.site == "files" and rng.random() < _MISNAMED_SHARE
    return "doc" if is_misnamed else ENDINGS[media]


def _branch(column: Column, entry: Entry, year: int) -> str:
    """The part of a tree a report stands in."""
    if column.style == "tree":
        return str(year)
    kinds = {"county_gov": "zf", "gov_office": "zf", "dept_county": "bm"}
    return kinds.get(entry.agency.kind or "", "xz") if column.style == "branches" else ""
