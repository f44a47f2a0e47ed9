"""Open alerts are what is open in the index, after any history."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from duban.adapters.embedded.store import EmbeddedStore
from duban.domain.event import AlertOpened, AlertResolved, Event
from duban.domain.view import FindingQuery
from duban.processors.alerter import Alerter
from duban.processors.processor import Chain
from duban.testing.events import registered, released
from duban.testing.runner import FACTS, evaluator


def open_alerts(store: EmbeddedStore) -> dict[tuple[str, int], set[str]]:
    """The faults that the last event of each alert tells of."""
    last: dict[tuple[str, int, str], AlertOpened] = {}
    for one in store.log.read("alerts", limit=100_000):
        body = one.event.body
        assert isinstance(body, AlertOpened)
        last[body.agency_id, body.year, body.kind] = body
    found: dict[tuple[str, int], set[str]] = {}
    for (agency_id, year, kind), body in last.items():
        if not isinstance(body, AlertResolved) and kind != "unreadable":
            lines = found.setdefault((agency_id, year), set())
            assert not lines, "two alerts of one year hold faults"
            lines.update(line.fingerprint for line in body.lines)
    return found


def open_findings(store: EmbeddedStore) -> dict[tuple[str, int], set[str]]:
    """The errors and warnings that the index shows as open."""
    found: dict[tuple[str, int], set[str]] = {}
    query = FindingQuery(severities=("error", "warning"), limit=10_000)
    for row in store.index.findings(query).rows:
        found.setdefault((row.agency_id, row.year), set()).add(row.finding.fingerprint)
    return found


@settings(max_examples=30, deadline=None, suppress_health_check=[
    HealthCheck.function_scoped_fixture, HealthCheck.too_slow
])  # fmt: skip
@given(facts=FACTS)
def test_open_alerts_are_what_is_open_in_the_index(
    tmp_path_factory: object, open_store: Callable[[Path], EmbeddedStore], facts: list[Event]
) -> None:
    folder = tmp_path_factory.mktemp("alerts")  # type: ignore[attr-defined]
    store = open_store(folder)
    runner = store.runner(Chain("agency", (evaluator(),), Alerter()))
    on_roster = [fact for fact in facts if fact.name != "agency.removed"]

    store.log.append([*map(registered, "abc"), released(), *on_roster])
    runner.run_until_idle()

    assert open_alerts(store) == open_findings(store)
