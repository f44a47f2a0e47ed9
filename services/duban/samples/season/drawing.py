"""Draws a season: its agencies and their columns, what becomes of their reports, what fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from msgspec.structs import replace

from duban.domain.agency import Agency, Waiver
from duban.samples.chance import chance
from duban.samples.roster import Entry, counties
from duban.samples.season.fates import FATES, PASTS, postings
from duban.samples.season.papers import Author
from duban.samples.season.plan import (
    FIRST_DAY,
    ONE_DAY,
    REPORT_YEAR,
    Breakdown,
    Posting,
    Season,
    Span,
    Trouble,
)

_SHARED = ("town_gov", "subdistrict")
_TROUBLES: tuple[Trouble, ...] = ("error", "timeout", "refused", "login", "empty")
_BROKEN_COLUMNS = 12
_MOVED_ON, _MOVE_KNOWN_ON = date(REPORT_YEAR + 1, 2, 5), date(REPORT_YEAR + 1, 2, 12)
#: Agencies with a history of their own: (fate, past), and whether it is one with a shared column.
_LIVES: dict[str, tuple[str, str, bool]] = {
    "ends": ("missing", "whole", False),
    "merged": ("missing", "whole", False),
    "entered": ("late", "none", True),
    "founded": ("missing", "none", True),
    "waived": ("missing", "whole", False),
    "moved": ("on_time", "whole", False),
    "moved late": ("soon_late", "whole", False),
    "silent": ("missing", "none", False),
    "unheard": ("missing", "none", True),
    "steadfast": ("on_time", "whole", False),
}


@dataclass
class _Plan:
    roster: dict[str, list[tuple[date, Agency]]] = field(default_factory=dict)
    postings: list[Posting] = field(default_factory=list)
    owners: dict[str, set[str]] = field(default_factory=dict)
    spans: dict[str, Span] = field(default_factory=dict)


def draw(seed: int, agencies: int = 200) -> Season:
    """A season with so many agencies; the same arguments give the same season."""
    plan = _Plan()
    rng = chance(seed, "season")
    fates, pasts = _dealt(FATES, rng), _dealt(PASTS, rng)
    entries = counties(agencies)
    lives = _lives(entries)
    for entry in entries:
        life = lives.get(entry.agency.id, "")
        fate, past = _LIVES[life][:2] if life else (next(fates), next(pasts))
        folder = _folder(entry)
        agency = replace(entry.agency, columns=(f"{folder}index.html",))
        plan.roster[agency.id] = list(_entries(agency, life))
        plan.postings += postings(Author.of(seed, entry), folder, fate, past)
        for column in {column for _, one in plan.roster[agency.id] for column in one.columns}:
            plan.owners.setdefault(column, set()).add(agency.id)
        if life.startswith("moved"):
            old, new = (one.columns[0] for _, one in plan.roster[agency.id])
            plan.spans[old] = Span(date.min, _MOVED_ON - ONE_DAY)
            plan.spans[new] = Span(_MOVED_ON)
    columns = {
        url: (frozenset(owners), plan.spans.get(url, Span(date.min)))
        for url, owners in plan.owners.items()
    }
    return Season(
        roster=plan.roster,
        postings=plan.postings,
        columns=columns,
        breakdowns=tuple(_breakdowns(entries, rng)),
    )


def _dealt(kinds: Sequence[str], rng: Random) -> Iterator[str]:
    """All kinds in their shares, in one random order after the other."""
    while True:
        yield from rng.sample(kinds, len(kinds))


def _host(entry: Entry) -> str:
    return f"http://www.{entry.agency.region}.example/"


def _folder(entry: Entry) -> str:
    name = "xzjd" if entry.agency.kind in _SHARED else entry.agency.id
    return f"{_host(entry)}{name}/gknb/"


def _lives(entries: Sequence[Entry]) -> dict[str, str]:
    """Who has which history: departments and towns all over the season's counties."""
    towns = [one for one in entries if one.agency.kind in _SHARED]
    departments = [one for one in entries if one.agency.kind == "dept_county"]
    found = {}
    for number, (life, (_, _, is_shared)) in enumerate(_LIVES.items()):
        among = towns if is_shared else departments
        if among:
            found[among[(3 + 7 * number) % len(among)].agency.id] = life
    return found


def _entries(agency: Agency, life: str) -> Iterator[tuple[date, Agency]]:
    """What the roster says of an agency, with the day from which it says so."""
    year = REPORT_YEAR + 1
    if life == "entered":
        yield date(year, 2, 10), replace(agency, valid_from=f"{REPORT_YEAR}-07-01")
        return
    if life == "founded":
        agency = replace(agency, valid_from=f"{year}-01-10")
    if life == "merged":
        agency = replace(agency, valid_to=f"{REPORT_YEAR}-09-30", merged_into="wl000")
    yield FIRST_DAY, agency
    if life == "ends":
        yield date(year, 1, 15), replace(agency, valid_to=f"{year}-01-20")
    if life == "waived":
        waiver = Waiver(year=REPORT_YEAR, reason="机构职能划转，本年度报告由承接单位合并编制。")
        yield date(year, 2, 3), replace(agency, waived=(waiver,))
    if life.startswith("moved"):
        column = agency.columns[0].replace("/gknb/", "/xxgk/nb/")
        yield _MOVE_KNOWN_ON, replace(agency, columns=(column,))


def _breakdowns(entries: Sequence[Entry], rng: Random) -> Iterator[Breakdown]:
    """Whole sites around the last days in time, single columns at any time."""
    year = REPORT_YEAR + 1
    hosts = sorted({_host(entry) for entry in entries})
    whole: tuple[tuple[date, date, Trouble], ...] = (
        (date(year, 1, 30), date(year, 2, 3), "error"),
        (date(year, 2, 9), date(year, 2, 11), "refused"),
        (date(year, 3, 30), date(year, 4, 2), "timeout"),
    )
    for host, (first, last, trouble) in zip(hosts, whole, strict=False):
        yield Breakdown(host, Span(first, last), trouble)
    folders = sorted({_folder(entry) for entry in entries})
    for number, folder in enumerate(rng.sample(folders, min(_BROKEN_COLUMNS, len(folders)))):
        first = FIRST_DAY + timedelta(days=rng.randint(14, 100))
        last = first + timedelta(days=rng.randint(1, 9))
        yield Breakdown(folder, Span(first, last), _TROUBLES[number % len(_TROUBLES)])
