"""`make`: a county of invented reports with known truth, as a folder the portal serves."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Literal

import msgspec
import yaml

from duban.domain.agency import Agency
from duban.samples import oddities, truth
from duban.samples import site as sites
from duban.samples.chance import chance
from duban.samples.composing import Habits, compose
from duban.samples.data import load
from duban.samples.faults import FAULTS, plant
from duban.samples.faults.structure import FAULTS as OF_STRUCTURE
from duban.samples.figures import Stock
from duban.samples.manuscript import Manuscript
from duban.samples.render.lines import Layout, LineStyle, text_bytes
from duban.samples.render.page import PageStyle, html_bytes
from duban.samples.render.pdf import PdfStyle, pdf_bytes
from duban.samples.render.word import WordStyle, docx_bytes
from duban.samples.roster import Entry, counties
from duban.samples.site import Column, Site

Format = Literal["html", "docx", "pdf", "text", "markdown"]
FORMATS: tuple[Format, ...] = ("html", "docx", "pdf")
_ENDINGS: dict[Format, str] = {
    "html": "html", "docx": "docx", "pdf": "pdf", "text": "txt", "markdown": "md",
}  # fmt: skip
# A text copy of an original has lost its structure: faults of structure are not provable there.
_NOT_IN_TEXT = {*OF_STRUCTURE, "few_blanks", "many_blanks", "blank_row", "blank_group"}
_TEXT_LAYOUTS: tuple[Layout, ...] = ("cells", "tabs")
_ODD_SHARE = 0.25
_OUTSIDE = "http://www.linxi.example/gknb/index.html"


@dataclass
class Summary:
    """What `make` wrote."""

    directory: Path
    reports: int = 0
    by_format: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)


def render(paper: Manuscript, media: Format, rng: Random, *, head: str = "") -> bytes:
    """One report's bytes in a format, in a style drawn from `rng`."""
    if media == "html":
        return html_bytes(paper, PageStyle.draw(rng), site=paper.agency.name, head=head)
    if media == "docx":
        return docx_bytes(paper, WordStyle.draw(rng))
    if media == "pdf":
        return pdf_bytes(paper, PdfStyle.draw(rng))
    layout: Layout = "markdown" if media == "markdown" else rng.choice(_TEXT_LAYOUTS)
    return text_bytes(paper, LineStyle.draw(rng, layout))


def make(
    directory: Path,
    *,
    seed: int,
    agencies: int = 50,
    years: Sequence[int] = (2022, 2023, 2024),
    fault_rate: float = 0.3,
    formats: Sequence[Format] = FORMATS,
    progress: Callable[[int, int], None] | None = None,
) -> Summary:
    """Writes `truth.json`, `roster.yaml`, `site.json` and the pages below `site/`.

    The same arguments give the same bytes; what an earlier call wrote there is replaced.
    `progress` is called with reports done and all.
    """
    _clear(directory)
    maker = _Maker(directory, seed, fault_rate, tuple(formats))
    entries = counties(agencies)
    whole = len(entries) * len(years)
    for entry in entries:
        for _ in maker.agency(entry, sorted(years)):
            if progress:
                progress(maker.summary.reports, whole)
    maker.finish(entries)
    return maker.summary


def _clear(directory: Path) -> None:
    """Removes what an earlier call made, and nothing in a folder that is not ours."""
    if (directory / "site.json").exists():
        shutil.rmtree(directory / "site", ignore_errors=True)
        (directory / "portal.json").unlink(missing_ok=True)


class _Maker:
    """Holds what grows while the county is made."""

    def __init__(self, directory: Path, seed: int, fault_rate: float, formats: tuple[Format, ...]):
        self.summary = Summary(directory)
        self._seed = seed
        self._rate = fault_rate
        self._formats = formats
        self._truth: list[dict[str, Any]] = []
        self._columns: list[Column] = []
        self._entries: list[sites.Entry] = []
        order = list(FAULTS)
        chance(seed, "faults").shuffle(order)
        self._queue = order

    def agency(self, entry: Entry, years: Sequence[int]) -> Iterator[int]:
        """Makes an agency's reports, one year after the other; yields each year when done."""
        rng = chance(self._seed, entry.code)
        habits = Habits.draw(rng)
        stock = Stock(in_force=rng.randint(0, 40))
        column = Column(
            path=f"/{entry.code}/gknb/", name="政府信息公开年报", agency=entry.agency.name,
            style="list" if entry.site == "list" else "table",
        )  # fmt: skip
        self._columns.append(column)
        for year in years:
            paper = compose(rng, entry, year, habits, stock)
            self._report(paper, entry, column, rng)
            self._others(column, entry, year, rng)
            yield year

    def _media(self, entry: Entry, rng: Random) -> Format:
        attached = [name for name in self._formats if name != "html"]
        if "html" in self._formats and (entry.site == "list" or not attached):
            return "html"
        weights = [{"docx": 6, "pdf": 3}.get(name, 2) for name in attached]
        return rng.choices(attached, weights)[0]

    def _report(self, paper: Manuscript, entry: Entry, column: Column, rng: Random) -> None:
        media = self._media(entry, rng)
        paper = self._planted(paper, media, rng)
        day = paper.published_on.replace("-", "")
        title = paper.title.replace("|", "")
        listed = f"{entry.agency.name}{paper.year}年政府信息公开工作年度报告"
        page = f"{column.path}t{day}_{paper.year}.html"
        if media == "html":
            tags = sites.meta_tags(title, paper.published_on, column, page)
            path = page
            self._write(page, render(paper, media, rng, head=tags))
        else:
            path = f"{column.path}files/{entry.code}_{paper.year}.{_ENDINGS[media]}"
            self._write(path, render(paper, media, rng))
            detail = sites.attachment_page(title, paper.published_on, column, page, path)
            self._write(page, detail.encode())
        self._entries.append(
            sites.Entry(
                column=column.path,
                title=listed,
                href=page,
                date=paper.published_on,
                files=tuple(dict.fromkeys((page, path))),
                report=True,
                year=paper.year,
            )
        )
        self._truth.append(truth.entry(paper, path=f"site{path}", media=media))
        self.summary.reports += 1
        self.summary.by_format[media] += 1

    def _planted(self, paper: Manuscript, media: Format, rng: Random) -> Manuscript:
        if rng.random() >= self._rate:
            if rng.random() < _ODD_SHARE:
                oddities.add(paper, rng)
            return paper
        for name in self._queue:
            if media in ("text", "markdown") and name in _NOT_IN_TEXT:
                continue
            changed = plant(paper, name, rng)
            if changed is not None:
                self._queue.remove(name)
                self._queue.append(name)
                self.summary.faults[name] += 1
                return changed
        return paper

    def _others(self, column: Column, entry: Entry, year: int, rng: Random) -> None:
        for which in rng.sample(range(len(load("pages"))), rng.randint(0, 2)):
            date = f"{year + 1}-0{rng.randint(2, 9)}-{rng.randint(10, 28)}"
            title, paragraphs = sites.other_pages(column, year, which, rng.randint(100, 900))
            path = f"{column.path}t{date.replace('-', '')}_{which}.html"
            page = sites.plain_page(title, date, column, path, paragraphs)
            self._write(path, page.encode())
            self._entries.append(
                sites.Entry(column=column.path, title=title, href=path, date=date, files=(path,))
            )

    def _write(self, path: str, data: bytes) -> None:
        target = self.summary.directory / "site" / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)

    def finish(self, entries: list[Entry]) -> None:
        """Lists, a dead link, a link to another site; then the three files beside the site."""
        self._strays()
        ordered = sorted(self._entries, key=lambda e: (e.date, e.column, e.href))
        site = Site(columns=tuple(self._columns), entries=tuple(ordered))
        for column in site.columns:
            mine = [e for e in site.entries if e.column == column.path]
            for path, page in sites.list_pages(column, mine).items():
                self._write(path, page.encode())
        self._write("/index.html", sites.home_page(site.columns).encode())
        folder = self.summary.directory
        (folder / "site.json").write_bytes(sites.as_json(site))
        (folder / "roster.yaml").write_text(roster_text([e.agency for e in entries]), "utf-8")
        text = truth.as_text(self._seed, self._truth)
        (folder / "truth.json").write_text(text, "utf-8")

    def _strays(self) -> None:
        for number, column in enumerate(self._columns[:6]):
            year = 2021
            title = f"{column.agency}{year - 3}年政府信息公开工作年度报告"
            dead = f"{column.path}t{year}0118_gone.html"
            href = dead if number % 2 else _OUTSIDE
            self._entries.append(
                sites.Entry(column=column.path, title=title, href=href, date=f"{year}-01-18")
            )


def roster_text(agencies: list[Agency], site: str | None = None) -> str:
    """A roster file; its columns are paths below the portal's address, `site` if given."""
    body: dict[str, Any] = {"format": "duban.roster/1"}
    if site is not None:
        body["site"] = site
    body["agencies"] = [msgspec.to_builtins(agency) for agency in agencies]
    return yaml.safe_dump(body, allow_unicode=True, sort_keys=False)
