"""Tells what each agency owes for each year, and how it stands, whenever that changes."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from duban.domain.event import (
    EVERYONE,
    AgencyRegistered,
    AgencyRemoved,
    Body,
    CalendarReleased,
    DayBegan,
    Event,
    ObligationDue,
    PageChecked,
    ReportRead,
    ReportRejected,
    ReportWithdrawn,
    derived_id,
    record,
)
from duban.domain.obligation import Obligation
from duban.processors.due import obligations
from duban.processors.duty import WATCH, Duty, Watch, duty_part
from duban.processors.processor import State
from duban.processors.sighting import learn
from duban.rulebook.almanac import Almanac


class Calendar:
    """Takes roster, readings, days and calendars; `library` gives the almanac of a hash.

    Everything known of an agency lies in one record, and its obligations follow from that record
    alone; so an event that the record has absorbed says nothing new, and one that changes
    nothing in it changes no obligation.
    """

    name = "calendar"
    takes: frozenset[type[Body]] = frozenset(
        {
            AgencyRegistered,
            AgencyRemoved,
            CalendarReleased,
            DayBegan,
            PageChecked,
            ReportRead,
            ReportRejected,
            ReportWithdrawn,
        }
    )

    def __init__(self, library: Callable[[str], Almanac]) -> None:
        self._library = library

    def key(self, event: Event) -> str | None:
        match event.body:
            case DayBegan(day=day, calendar_sha256=sha256):
                return EVERYONE if self._library(sha256).matters(day) else None
            case ReportRejected(agency_id=None):
                return None
            case _:
                return event.key

    def handle(self, event: Event, state: State) -> tuple[State, tuple[Event, ...]]:
        before = state.get(WATCH, Watch) or Watch()
        if before.position > state.position:
            return state, ()
        watch = before
        if before.position < state.position:
            watch = learn(before, event, self._almanac(before))
            if watch == before or (
                not isinstance(event.body, DayBegan) and watch == replace(before, today=watch.today)
            ):
                return state, ()
        almanac = self._almanac(watch)
        standing = tuple(obligations(watch, almanac)) if almanac else ()
        told = tuple(sorted({*watch.told, *(one.year for one in standing)}))
        if before.position < state.position:
            state = state.put(WATCH, replace(watch, told=told, position=state.position))
        made: list[Event] = []
        for obligation in standing:
            part = duty_part(obligation.year)
            duty = state.get(part, Duty)
            if state.has_absorbed(part) or (
                duty is not None and _tells(duty.obligation) == _tells(obligation)
            ):
                continue
            duty = Duty(obligation=obligation, revision=duty.revision + 1 if duty else 1)
            state = state.put(part, duty)
            made.append(_due(event, state.key, duty))
        return state, tuple(made)

    def _almanac(self, watch: Watch) -> Almanac | None:
        return self._library(watch.almanac) if watch.almanac else None


def _tells(obligation: Obligation) -> Obligation:
    """All that is worth telling: another day of the same absence is not."""
    return replace(obligation, absent_on=None)


def _due(event: Event, agency_id: str, duty: Duty) -> Event:
    year = duty.obligation.year
    body = ObligationDue(agency_id=agency_id, revision=duty.revision, obligation=duty.obligation)
    due_id = derived_id(event.id, Calendar.name, f"{agency_id}/{year}")
    return record(body, id=due_id, at=event.at, cause=event.id)
