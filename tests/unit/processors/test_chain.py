"""A chain hands an event, and what follows from it, from processor to processor."""

from __future__ import annotations

from duban.domain.event import (
    AgencyRegistered,
    AgencyRemoved,
    Body,
    Event,
    PageChecked,
    derived_id,
    record,
)
from duban.processors.processor import Chain, State
from duban.testing.events import registered, removed
from duban.testing.memory import Memory, in_order


class _Echo:
    """Says `says` of each event it takes."""

    def __init__(self, name: str, takes: type[Body], says: Body) -> None:
        self.name = name
        self.takes: frozenset[type[Body]] = frozenset({takes})
        self._says = says

    def key(self, event: Event) -> str | None:
        return f"{self.name}:{event.key}"

    def handle(self, event: Event, state: State) -> tuple[State, tuple[Event, ...]]:
        echo_id = derived_id(event.id, self.name, event.key)
        return state, (record(self._says, id=echo_id, at=event.at, cause=event.id),)


REMOVED = AgencyRemoved(agency_id="a", reason="")
CHECKED = PageChecked(agency_id="a", url="", outcome="read")
FIRST = _Echo("first", AgencyRegistered, REMOVED)
SECOND = _Echo("second", AgencyRemoved, CHECKED)


def test_a_processor_sees_what_those_before_it_made() -> None:
    made = Memory(Chain("chain", (FIRST, SECOND))).take(in_order(registered("a")))

    assert [event.body for event in made] == [REMOVED, CHECKED]
    assert made[1].cause == made[0].id


def test_a_processor_does_not_see_what_those_after_it_make() -> None:
    made = Memory(Chain("chain", (SECOND, FIRST))).take(in_order(registered("a")))

    assert [event.body for event in made] == [REMOVED]


def test_the_first_processor_that_takes_an_event_says_whose_it_is() -> None:
    chain = Chain("chain", (FIRST, SECOND))

    assert chain.key(registered("a")) == "first:a"
    assert chain.key(removed("a")) == "second:a"
    assert chain.takes == {AgencyRegistered, AgencyRemoved}
