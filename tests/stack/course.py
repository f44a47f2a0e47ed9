"""Courses of facts for workers, and what the embedded runner makes of them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from tests.stack.office_chain import OfficeChain
from tests.stack.workers import Left

from duban.adapters.embedded.store import EmbeddedStore
from duban.domain.event import Event
from duban.testing.events import (
    began,
    calendar_released,
    checked,
    read,
    registered,
    rejected,
    released,
    removed,
    retried,
)


def facts(chance: random.Random, count: int) -> list[Event]:
    """A course of facts: roster, rules, days, reports good and bad, and some that break a rule."""
    agencies = [f"a{number}" for number in range(12)]
    course: list[Event] = [calendar_released(), released(), *map(registered, agencies[:8])]
    for number in range(count):
        agency, year = chance.choice(agencies), chance.choice([2023, 2024, 2025])
        prose = chance.choice(["正常", "错误SUM=1", "错误SUM=2", "警告TXT", "崩溃"])
        course.append(read(agency, year, prose, minute=number, url=f"http://h/{number}"))
        match number % 10:
            case 3:
                course.append(checked(agency, whole=True, minute=number))
            case 5:
                course.append(rejected(f"scan{number}", agency_id=agency, year=year))
            case 7 if prose == "崩溃":
                course.append(retried(course[-1].id, key=agency, minute=number))
    course[20:20] = [began(f"2026-03-{day:02d}") for day in range(28, 32)]
    course[40:40] = [*map(registered, agencies[8:]), released("2", minute=1)]
    course[60:60] = [began("2026-04-01"), began("2026-04-02"), removed("a3", minute=3)]
    return course


def lived(folder: Path, events: Sequence[Event]) -> tuple[dict[str, Event], set[str]]:
    """What the embedded runner makes of the same facts."""
    with EmbeddedStore(folder) as store:
        store.log.append(events)
        store.runner(OfficeChain()).run_until_idle()
        made = {
            one.event.id: one.event
            for topic in ("conclusions", "alerts")
            for one in store.log.read(topic, limit=100_000)
        }
        return made, {row.event_id for _, row in store.states.set_aside()}


def same(left: Left, expected: tuple[dict[str, Event], set[str]]) -> None:
    """Nothing lost, nothing doubled, and what could not be handled is known."""
    made, wrong = expected
    found = left.events()
    assert found.keys() == made.keys()
    assert found == made
    assert left.set_aside() == wrong
