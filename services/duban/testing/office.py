"""A small office with the real chain and the real rules, for tests of what keeps its data."""

from __future__ import annotations

from pathlib import Path

from duban import assets
from duban.adapters.agency_chain import agency_chain
from duban.adapters.calendar_library import CalendarLibrary
from duban.adapters.embedded.runner import EmbeddedRunner
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.rulebook_library import RulebookLibrary
from duban.domain.event import encode
from duban.testing.clock import MovableClock
from duban.testing.events import checked, read, registered


def open_office(store: EmbeddedStore) -> EmbeddedRunner:
    """Release rules and calendar in the store; the runner of its agencies."""
    rules, clock = assets.find("rules", None), MovableClock()
    rulebooks = RulebookLibrary(store.blobs, store.states)
    rulebooks.release(rules, clock)
    calendars = CalendarLibrary(store.blobs, store.states)
    calendars.release(rules, clock)
    return store.runner(agency_chain(rulebooks, calendars))


def fill_office(folder: Path) -> None:
    """Two agencies with reports that lack almost everything, judged and indexed."""
    with EmbeddedStore(folder) as store:
        runner = open_office(store)
        store.log.append([registered("a"), registered("b"), checked("a")])
        store.log.append([read("a", 2024, "一、总体情况"), read("b", 2023, "说明", minute=3)])
        runner.run_until_idle()


def record_newer(store: EmbeddedStore) -> None:
    """Record the agency "b" as a later version would, and "a" as this one; all of it is handled."""
    newer = encode(registered("b")).replace(b'"version":1', b'"version":9')
    with store.history.write() as connection:
        connection.execute(
            "INSERT INTO event (topic, id, packed, body) VALUES ('facts', 'new', 0, ?)", (newer,)
        )
    store.log.append([registered("a")])
    store.runner().run_until_idle()
