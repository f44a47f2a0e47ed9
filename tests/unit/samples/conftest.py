"""True reports of one county over six years, for all tests of the generator."""

from __future__ import annotations

import pytest

from duban.samples.chance import chance
from duban.samples.composing import Habits, compose
from duban.samples.figures import Stock
from duban.samples.manuscript import Manuscript
from duban.samples.roster import counties

YEARS = (2019, 2020, 2021, 2022, 2023, 2024)


@pytest.fixture(scope="session")
def chains() -> list[list[Manuscript]]:
    """The true reports of 50 agencies, each a list in the order of years."""
    found = []
    for entry in counties(50):
        rng = chance("tests", entry.code)
        habits, stock = Habits.draw(rng), Stock(in_force=rng.randint(0, 40))
        found.append([compose(rng, entry, year, habits, stock) for year in YEARS])
    return found


@pytest.fixture(scope="session")
def papers(chains: list[list[Manuscript]]) -> list[Manuscript]:
    """All true reports."""
    return [paper for chain in chains for paper in chain]
