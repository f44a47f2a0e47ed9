"""Reports of several years judged with the real rules: the order in which they come is all one."""

from __future__ import annotations

from functools import cache
from itertools import permutations
from pathlib import Path

import msgspec
import pytest

from duban.domain.event import Event, FindingOpened, FindingResolved
from duban.processors.evaluator import Evaluator
from duban.processors.processor import Chain
from duban.rulebook import Rulebook, load
from duban.testing.duties import Duties, duty
from duban.testing.events import due, read, registered, released, withdrawn
from duban.testing.memory import Memory, in_order
from duban.testing.reports import AGENCY, build

YEARS = (2021, 2022, 2023, 2024)
#: Carried forward by each year's report; every one takes over 12 (3 of them of enterprises).
FORWARD = {2021: 12, 2022: 9, 2023: 12, 2024: 9}


@cache
def book() -> Rulebook:
    return load(Path(__file__).parents[3] / "rules")


def report_of(year: int, **changes: object) -> Event:
    cells = {
        "applications.carried_forward.total": FORWARD[year],
        "applications.carried_forward.natural_person": FORWARD[year] - 3,
        "applications.carried_forward.commercial_enterprise": 3,
        **changes,
    }
    event = read("a", year, url=f"http://h/{year}")
    made = build({"year": year, "set": cells})
    return msgspec.structs.replace(event, body=msgspec.structs.replace(event.body, report=made))


def series() -> Memory:
    memory = Memory(Chain("agency", (Duties(), Evaluator(lambda sha256: book()))))
    dues = (due("a", duty(year, {"posted": f"{year + 1}-01-20"})) for year in YEARS)
    memory.take(in_order(registered("a", AGENCY, kind="town_gov"), released(), *dues))
    return memory


def still_open(memory: Memory) -> set[tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    for event in memory.made:
        match event.body:
            case FindingOpened(year=year, finding=finding):
                found[finding.fingerprint] = (year, finding.rule)
            case FindingResolved(fingerprint=fingerprint):
                found.pop(fingerprint, None)
    continuity = ("YOY", "DL")
    return {(year, rule) for year, rule in found.values() if rule.startswith(continuity)}


@pytest.mark.parametrize("order", list(permutations(YEARS)), ids=str)
def test_the_order_in_which_years_arrive_does_not_matter(order: tuple[int, ...]) -> None:
    memory = series()

    memory.take(in_order(*map(report_of, order), after=6))

    assert still_open(memory) == {(2021, "YOY-PRIOR-MISSING"), (2023, "YOY-CARRY-TOTAL")}


def test_a_report_that_is_mended_or_withdrawn_frees_only_the_year_after() -> None:
    memory = series()
    memory.take(in_order(*map(report_of, YEARS), after=6))

    mended = report_of(
        2022,
        **{
            "applications.carried_forward.total": 12,
            "applications.carried_forward.natural_person": 9,
        },
    )
    memory.take(in_order(msgspec.structs.replace(mended, id="mended"), after=10))
    assert still_open(memory) == {(2021, "YOY-PRIOR-MISSING")}

    memory.take(in_order(withdrawn("a", "x", "http://h/2023"), after=11))
    assert still_open(memory) == {(2021, "YOY-PRIOR-MISSING"), (2024, "YOY-PRIOR-MISSING")}


def test_a_year_that_is_found_missing_is_an_absence_of_its_own() -> None:
    memory = series()
    memory.take(in_order(report_of(2021), report_of(2023), after=6))

    gap = duty(2022, {"stage": "absent", "watched": False, "absent_on": "2026-02-01"})
    memory.take(in_order(due("a", gap, minute=2), after=8))

    assert still_open(memory) == {
        (2021, "YOY-PRIOR-MISSING"),
        (2022, "DL-GAP-YEAR"),
        (2023, "YOY-PRIOR-MISSING"),
    }
