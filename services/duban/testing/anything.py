"""Any course of events there may be, for what must hold whatever happens."""

from __future__ import annotations

from typing import get_args

import msgspec
from hypothesis import strategies as st

from duban.domain.event import Event
from duban.domain.obligation import Obligation, Stage
from duban.testing.events import (
    at,
    began,
    checked,
    due,
    read,
    registered,
    rejected,
    released,
    removed,
    withdrawn,
)

URL = "http://h/1"


def duty(year: int, stage: Stage, **particulars: object) -> Obligation:
    """The duty for a year that was to be done by the end of the next January."""
    plain = {
        "year": year,
        "stage": stage,
        "due_on": f"{year + 1}-01-31",
        "opens_on": f"{year + 1}-01-01",
        "basis": "A49",
        **particulars,
    }
    return msgspec.convert(plain, Obligation)


AGENCIES = st.sampled_from("abc")
YEARS = st.sampled_from([2023, 2024])
URLS = st.sampled_from([URL, "http://h/2"])
DUTIES = st.builds(
    duty,
    YEARS,
    st.sampled_from(get_args(Stage)),
    gravity=st.sampled_from([None, "warning", "error"]),
)
ANYTHING: st.SearchStrategy[list[Event]] = st.lists(
    st.one_of(
        st.builds(
            registered,
            AGENCIES,
            parent=st.sampled_from([None, "a", "b", "county"]),
            kind=st.sampled_from(["dept_county", "town_gov"]),
        ),
        st.builds(removed, AGENCIES),
        st.builds(read, AGENCIES, YEARS, st.sampled_from(["正常", "错误SUM"]), url=URLS),
        st.builds(rejected, st.sampled_from("xy"), agency_id=AGENCIES, year=YEARS, url=URLS),
        st.builds(withdrawn, AGENCIES, st.just("x"), URLS),
        st.builds(due, AGENCIES, DUTIES, revision=st.integers(1, 9)),
        st.builds(checked, AGENCIES, URLS, st.sampled_from(["read", "failed"])),
        st.builds(released, st.sampled_from("12")),
        st.just(began("2025-02-01")),
    ),
    max_size=20,
)


def in_time(facts: list[Event]) -> list[Event]:
    """The facts as they would be recorded: one a minute, now and then two at the same time."""
    return [
        msgspec.structs.replace(fact, id=f"{n}-{fact.id}", at=at(100_000 + 2 * (n - n % 5 // 4)))
        for n, fact in enumerate(facts)
    ]
