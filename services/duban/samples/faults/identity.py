"""Titles that name another year or another agency."""

from __future__ import annotations

from random import Random

from duban.domain.agency import Kind
from duban.domain.form import regime_of
from duban.samples.data import load
from duban.samples.faults.consequence import finding, plant_one
from duban.samples.manuscript import Manuscript

_PEERS: dict[Kind, tuple[str, str]] = {
    "dept_county": ("departments", ""),
    "town_gov": ("towns", "人民政府"),
    "subdistrict": ("subdistricts", "办事处"),
}


def title_year(paper: Manuscript, rng: Random) -> bool:
    """The title names the year before, of the same form."""
    if regime_of(paper.year - 1) != regime_of(paper.year):
        return False
    wrong = paper.year - 1
    paper.title = paper.title.replace(str(paper.year), str(wrong))
    expected = finding("title_year", "error", expected=paper.year, actual=wrong)
    return plant_one(paper, "title_year", expected, context=("year",))


def title_agency(paper: Manuscript, rng: Random) -> bool:
    """The title names another body of the county."""
    if paper.agency.kind not in _PEERS:
        return False
    source, ending = _PEERS[paper.agency.kind]
    names = [name + ending for name in load("names")[source]]
    own = next(name for name in names if paper.agency.name.endswith(name))
    peers = [paper.agency.name.removesuffix(own) + name for name in names]
    wrong = rng.choice([name for name in peers if name != paper.agency.name])
    paper.title = paper.title.replace(paper.agency.name, wrong)
    expected = finding("title_agency", "error", expected=paper.agency.name, actual=wrong)
    return plant_one(paper, "title_agency", expected, context=("agency",))


FAULTS = {"title_year": title_year, "title_agency": title_agency}
