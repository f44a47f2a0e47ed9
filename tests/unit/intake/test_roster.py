"""Which agency a report means by a name: nothing is guessed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as some

from duban.domain.agency import Agency
from duban.domain.text import normal
from duban.intake.roster import Roster

FINANCE = Agency(
    id="f", name="望岚县财政局", kind="dept_county", short_names=("县财政局",),
    former_names=("望岚县财税局",),
)  # fmt: skip
COUNTY = Agency(id="c", name="望岚县人民政府", kind="county_gov")
OFFICE = Agency(id="o", name="望岚县人民政府办公室", kind="gov_office")
ROSTER = Roster((FINANCE, COUNTY, OFFICE))


@pytest.mark.parametrize(
    ("name", "agency_id"),
    [
        ("望岚县财政局", "f"), ("县财政局", "f"), ("望岚县财税局", "f"), ("某市望岚县财政局", "f"),
        ("望岚县人民政府", "c"), ("某市望岚县人民政府", "c"), ("望岚县人民政府办公室", "o"),
        ("望岚 县 财政局", "f"), ("", None), (None, None), ("望岚县", None), (" ", None),
    ],
)  # fmt: skip
def test_names_are_matched_whole_or_with_the_names_of_higher_places(
    name: str | None, agency_id: str | None
) -> None:
    assert ROSTER.named(name) == agency_id


def test_agencies_are_known_by_their_ids() -> None:
    assert ("f" in ROSTER, "g" in ROSTER, None in ROSTER) == (True, False, False)


def looked_through(name: str, agencies: Sequence[Agency]) -> str | None:
    """The meaning of a name, said agency by agency."""
    words, exact, within = normal(name), set(), set()
    for agency in agencies:
        full = normal(agency.name)
        if words in (full, *map(normal, (*agency.short_names, *agency.former_names))):
            exact.add(agency.id)
        elif words.endswith(full) or (len(words) >= 5 and full.endswith(words)):
            within.add(agency.id)
    found = exact or within
    return found.pop() if len(found) == 1 else None


NAMES = some.text("甲县局（", min_size=1, max_size=8)
AGENCIES = some.builds(
    Agency,
    id=some.sampled_from("abcdefg"),
    name=NAMES,
    kind=some.just("dept_county"),
    short_names=some.lists(NAMES, max_size=2).map(tuple),
    former_names=some.lists(NAMES, max_size=1).map(tuple),
)


@given(NAMES, some.lists(AGENCIES, max_size=7, unique_by=lambda agency: agency.id))
def test_what_is_found_is_what_looking_through_all_finds(name: str, agencies: list[Agency]) -> None:
    assert Roster(agencies).named(name) == looked_through(name, agencies)
