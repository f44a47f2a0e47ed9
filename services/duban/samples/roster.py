"""The invented counties: their agencies and where each posts its reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, cycle, islice

from duban.domain.agency import Agency, Kind
from duban.samples.data import load
from duban.samples.figures import Size

_SIZES: tuple[Size, ...] = ("usual", "quiet", "zero", "quiet", "busy", "quiet", "usual", "zero")
_WE = {"局": "我局", "镇": "我镇", "乡": "我乡", "道": "本街道"}
_OF_DEPARTMENTS = ("list", "table", "tree", "branches")
_OF_TOWNS = ("attached", "files")
_SHARED = {"branches": "jg", "files": "xz"}
_ENDINGS: dict[Kind, str] = {"town_gov": "人民政府", "subdistrict": "办事处"}


@dataclass(frozen=True)
class Entry:
    """An agency with what only the generator knows: how it calls itself and its size.

    `site` is how its column lists reports, "attached" a table whose pages carry attachments;
    `folder` is the column's, shared with other agencies where `site` is "branches" or "files".
    """

    agency: Agency
    we: str
    short: str
    size: Size
    site: str
    code: str
    folder: str


def counties(agencies: int) -> list[Entry]:
    """So many bodies, one county after the other, each with its government and office first."""
    every = (entry for number in count() for entry in _county(number))
    return list(islice(every, agencies))


def county_name(number: int) -> str:
    """The invented name of a county; another for every number."""
    names = load("names")
    if number == 0:
        return str(names["county"])
    first, second = names["county_first"], names["county_second"]
    lap, place = divmod(number - 1, len(first) * len(second))
    middle = names["county_middle"][lap - 1] if lap else ""
    return f"{first[place % len(first)]}{middle}{second[place // len(first)]}县"


def _county(number: int) -> Iterator[Entry]:
    place = county_name(number)
    region = str(int(load("names")["region"]) + number)
    code = "wl" if number == 0 else f"c{number:03d}-"
    government = f"{code}000"
    office: tuple[str, Kind, str] = ("人民政府办公室", "gov_office", "本办公室")
    sites = {"dept_county": cycle(_OF_DEPARTMENTS), "town_gov": cycle(_OF_TOWNS)}
    yield _entry(place, region, government, None, 4, place, "county_gov", "我县", "branches")
    for at, (name, kind, we) in enumerate([office, *_bodies()], start=1):
        site = next(sites.get("town_gov" if kind == "subdistrict" else kind, cycle(("branches",))))
        body = f"{code}{at:03d}"
        yield _entry(place, region, body, government, at, name, kind, we, site)


def _bodies() -> Iterator[tuple[str, Kind, str]]:
    """For every 24 bodies 15 departments, seven towns and two subdistricts."""
    names = load("names")
    queues: dict[Kind, list[str]] = {
        "dept_county": list(names["departments"]),
        "town_gov": list(names["towns"]),
        "subdistrict": list(names["subdistricts"]),
    }
    order: list[Kind] = ["dept_county", "town_gov", "dept_county"] * 7
    order += ["subdistrict", "dept_county", "subdistrict"]
    for kind in cycle(order):
        if not any(queues.values()):
            return
        if queues[kind]:
            name = queues[kind].pop(0)
            yield name, kind, _WE.get(name[-1], "本单位")


def _entry(
    place: str, region: str, code: str, parent: str | None, at: int, name: str, kind: Kind, we: str,
    site: str,
) -> Entry:  # fmt: skip
    full = f"{place}人民政府" if kind == "county_gov" else place + name + _ENDINGS.get(kind, "")
    shared = _SHARED.get(site)
    folder = f"/{code[:-3].rstrip('-')}-{shared}/gknb/" if shared else f"/{code}/gknb/"
    first = "list.html" if site in ("table", "attached") else "index.html"
    short = {"county_gov": place, "gov_office": "县政府办公室"}.get(kind, name)
    agency = Agency(
        id=code, name=full, kind=kind, region=region, parent=parent,
        short_names=() if kind == "county_gov" else (short,), columns=(folder + first,),
    )  # fmt: skip
    return Entry(agency, we, short, _SIZES[at % len(_SIZES)], site, code, folder)
