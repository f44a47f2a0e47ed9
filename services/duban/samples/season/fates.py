"""What becomes of each report: when it is posted, edited or withdrawn, and which day it prints."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from duban.domain.agency import Kind
from duban.samples.season.papers import UNREADABLE, Author, Break, dated, document, spoilt
from duban.samples.season.plan import REPORT_YEAR, Document, Posting, Span

#: What becomes of the report of the year, as often as it stands here.
FATES = (
    *("on_time",) * 9, *("late",) * 5, *("soon_late",) * 3, *("last_day", "missing", "early") * 2,
    "backdated", "spoilt", "mended", "worsened", "withdrawn", "reposted", "slow", "unreadable",
    "next_day",
)  # fmt: skip
#: What is odd about the years before.
PASTS = (
    *("whole",) * 9, "short", "short", "gap", "filled", "last_missing", "late", "total", "column",
    "stock", "undated",
)  # fmt: skip
_BREAKS: dict[str, Break] = {"total": "total", "column": "column", "stock": "stock"}
_LEFT_OUT = {
    "short": (2021, 2022), "gap": (2022,), "last_missing": (2023,), "none": (2021, 2022, 2023),
}  # fmt: skip
_FIRST_YEAR = 2021
_LATEST = date(REPORT_YEAR + 1, 4, 29)


def last_day(kind: Kind, year: int) -> date:
    """The last day in time by article 49: 31 March for governments, 31 January for all others."""
    return date(year + 1, 3, 31) if kind == "county_gov" else date(year + 1, 1, 31)


def postings(author: Author, folder: str, fate: str, past: str) -> Iterator[Posting]:
    """The postings of one agency, oldest year first."""
    rng = author.rng
    for year in range(_FIRST_YEAR, REPORT_YEAR):
        due = last_day(author.entry.agency.kind, year)
        on = due - timedelta(days=rng.randint(0, 20))
        paper = author.write(year)  # written even where it was never posted
        if year in _LEFT_OUT.get(past, ()):
            continue
        if (past, year) == ("late", REPORT_YEAR - 2):
            on = due + timedelta(days=rng.randint(10, 50))
        if (past, year) == ("filled", REPORT_YEAR - 2):
            on = date(REPORT_YEAR + 1, 2, rng.randint(5, 25))
        prints, signs = past != "undated" and rng.random() < 0.9, rng.random() < 0.3
        paper = dated(paper, on, prints=prints, signs=signs)
        yield _posting(author, folder, year, on, (Span(on),), ((on, document(paper, rng)),))
    if past in _BREAKS:
        author.break_off(_BREAKS[past])
    if fate != "missing":
        yield _of_the_year(author, folder, fate)


def _of_the_year(author: Author, folder: str, fate: str) -> Posting:
    rng = author.rng
    due = last_day(author.entry.agency.kind, REPORT_YEAR)
    on = _day(fate, due, rng)
    shown = on + timedelta(days=7) if fate == "backdated" else on
    prints, signs = fate == "backdated" or rng.random() < 0.7, rng.random() < 0.4
    paper = dated(author.write(REPORT_YEAR), on, prints=prints, signs=signs)
    clean = UNREADABLE if fate == "unreadable" else document(paper, rng)
    failing = Span(on, on + timedelta(days=5)) if fate == "slow" else None
    return _posting(
        author, folder, REPORT_YEAR, shown, _stays(fate, shown, due, rng),
        _versions(fate, clean, shown, rng), printed=on if prints else None, failing=failing,
    )  # fmt: skip


def _day(fate: str, due: date, rng: Random) -> date:
    """The day of publication; one that was to be withdrawn or edited was posted in good time."""
    match fate:
        case "late":
            return min(due + timedelta(days=rng.randint(1, 60)), _LATEST)
        case "soon_late":
            return due + timedelta(days=rng.randint(2, 8))
        case "next_day":
            return due + timedelta(days=1)
        case "last_day":
            return due
        case "backdated" | "slow":
            return due - timedelta(days=2)
        case "early":
            return date(REPORT_YEAR, 12, rng.randint(20, 31))
        case "on_time" | "spoilt" | "unreadable":
            return due - timedelta(days=rng.randint(0, 26))
        case _:
            return due - timedelta(days=rng.randint(12, 26))


def _stays(fate: str, on: date, due: date, rng: Random) -> tuple[Span, ...]:
    if fate == "withdrawn":
        return (Span(on, due + timedelta(days=rng.randint(-8, 20))),)
    if fate == "reposted":
        gone, back = rng.randint(-8, 3), rng.randint(8, 20)
        return (Span(on, due + timedelta(days=gone)), Span(due + timedelta(days=back)))
    return (Span(on),)


def _versions(
    fate: str, clean: Document, on: date, rng: Random
) -> tuple[tuple[date, Document], ...]:
    if fate not in ("spoilt", "mended", "worsened"):
        return ((on, clean),)
    wrong = spoilt(clean, rng)
    later = on + timedelta(days=rng.randint(9, 30))
    return {
        "spoilt": ((on, wrong),),
        "mended": ((on, wrong), (later, clean)),
        "worsened": ((on, clean), (later, wrong)),
    }[fate]


def _posting(
    author: Author,
    folder: str,
    year: int,
    on: date,
    stays: tuple[Span, ...],
    versions: tuple[tuple[date, Document], ...],
    *,
    printed: date | None = None,
    failing: Span | None = None,
) -> Posting:
    agency = author.entry.agency
    paper = versions[0][1].paper
    if printed is None and paper is not None and paper.published_on:
        printed = on
    ending = "html" if paper is not None else "pdf"
    return Posting(
        agency_id=agency.id,
        year=year,
        path=f"{folder}{agency.id}_{year}.{ending}",
        title=f"{agency.name}{year}年政府信息公开工作年度报告",
        printed=printed,
        stays=stays,
        versions=versions,
        failing=failing,
    )
