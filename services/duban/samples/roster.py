"""The invented county of the demo: its agencies and where each posts its reports."""

from __future__ import annotations

from dataclasses import dataclass

from duban.domain.agency import Agency, Kind
from duban.samples.data import load
from duban.samples.figures import Size

_SIZES: tuple[Size, ...] = ("usual", "quiet", "zero", "quiet", "busy", "quiet", "usual", "zero")


@dataclass(frozen=True)
class Entry:
    """An agency with what only the generator knows: how it calls itself and its size."""

    agency: Agency
    we: str
    short: str
    size: Size
    site: str
    code: str


def county(agencies: int) -> list[Entry]:
    """The first `agencies` bodies of the county, government and its office first."""
    names = load("names")
    place, prefecture = names["county"], names["prefecture"]
    office = _entry(0, f"{place}人民政府办公室", "gov_office", "县政府办公室", "本办公室", "usual")
    government = _entry(1, f"{place}人民政府", "county_gov", place, "我县", "busy")
    government = _renamed(government, f"{prefecture}{place}人民政府")
    found = [government, office]
    bodies: list[tuple[str, Kind, str]] = []
    departments = [
        (name, "dept_county", "我局" if name[-1] == "局" else "本单位")
        for name in names["departments"]
    ]
    towns = [(name, "town_gov", "我镇" if name[-1] == "镇" else "我乡") for name in names["towns"]]
    streets = [(name, "subdistrict", "本街道") for name in names["subdistricts"]]
    # For every 8 bodies: 5 departments, 2 towns, and a third town or a subdistrict.
    queue = [departments, departments, towns, departments, departments, towns, departments, streets]
    position = 0
    while any(queue) and len(found) + len(bodies) < agencies:
        source = queue[position % len(queue)] or departments or towns or streets
        position += 1
        if source:
            bodies.append(source.pop(0))  # type: ignore[arg-type] # literals of the lists above
    for number, (name, kind, we) in enumerate(bodies, start=2):
        full = place + name + {"town_gov": "人民政府", "subdistrict": "办事处"}.get(kind, "")
        size = _SIZES[number % len(_SIZES)]
        found.append(_entry(number, full, kind, name, we, size))
    return found[:agencies]


def _renamed(entry: Entry, former: str) -> Entry:
    agency = entry.agency
    return Entry(
        Agency(
            id=agency.id, name=agency.name, kind=agency.kind, region=agency.region,
            short_names=(*agency.short_names, former), columns=agency.columns,
        ),
        entry.we, entry.short, entry.size, entry.site, entry.code,
    )  # fmt: skip


def _entry(number: int, name: str, kind: Kind, short: str, we: str, size: Size) -> Entry:
    code = f"wl{number:03d}"
    site = "list" if kind in ("county_gov", "gov_office", "dept_county") else "files"
    first = "index.html" if site == "list" else "list.html"
    parent = None if kind == "county_gov" else "wl001"
    agency = Agency(
        id=code, name=name, kind=kind, region=load("names")["region"], parent=parent,
        short_names=(short,) if short not in (name, load("names")["county"]) else (),
        columns=(f"/{code}/gknb/{first}",),
    )  # fmt: skip
    return Entry(agency, we, short, size, site, code)
