"""What every index promises of the past: asked later, it answers as it answered then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duban.domain.event import Event
from duban.domain.view import LEDGERS, FindingQuery, Overview, Scope, SearchQuery
from duban.testing.anything import AGENCIES, ANYTHING, YEARS, in_time
from duban.testing.events import at, read, registered, released, retried
from duban.testing.world import World

SCOPES = (
    Scope(),
    Scope(jurisdictions=("a",)),
    Scope(jurisdictions=("county", "b"), kind="town_gov"),
    Scope(year=2024),
)
CRASHES = st.builds(read, AGENCIES, YEARS, st.just("崩溃"))


def figures(overview: Overview) -> Overview:
    """The front page without what tells when it was asked."""
    return msgspec.structs.replace(overview, position=0, as_of=at(0))


def answers(world: World, scope: Scope) -> dict[str, object]:
    """All that may be asked as known then."""
    index = world.index
    year = scope.year or 2023
    return {
        "overview": figures(index.overview(scope)),
        "ledger": [index.ledger(scope, by) for by in LEDGERS],
        "matrix": index.matrix(scope),
        "findings": [
            index.findings(FindingQuery(scope=scope, order=order, open_only=open_only, text=text))
            for order in ("newest", "severity", "agency", "rule")
            for open_only in (True, False)
            for text in (None, "SUM")
        ],
        "agencies": [index.agency(agency_id, scope) for agency_id in "abc"],
        "reports": [index.report(agency_id, year, scope) for agency_id in "abc"],
        "rejected": index.rejected(scope),
        "aside": index.aside(scope),
        "search": msgspec.structs.replace(
            index.search(SearchQuery(text="错误", scope=scope)), took_ms=0.0
        ),
    }


class KnownContract:
    """Subclass with fixtures `world` and `make_world`, each run with `evaluator()`."""

    def test_what_was_known_then_is_answered_as_it_was_then(
        self, make_world: Callable[[], World]
    ) -> None:
        @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(ANYTHING, st.lists(CRASHES, max_size=2))
        def is_as_it_was(facts: list[Event], crashes: list[Event]) -> None:
            world = make_world()
            then: dict[datetime, list[dict[str, object]]] = {}
            for fact in in_time([registered("a"), released(), *crashes, *facts]):
                world.take(fact)
                then[fact.at] = [answers(world, scope) for scope in SCOPES]
            for moment, told in then.items():
                for scope, before in zip(SCOPES, told, strict=True):
                    asked = msgspec.structs.replace(scope, known_at=moment)
                    assert answers(world, asked) == before

        is_as_it_was()

    def test_what_was_set_aside_and_handled_since_is_known_as_it_was(self, world: World) -> None:
        bad = read("a", 2024, "崩溃", minute=5)
        world.take(registered("a"), registered("b"), released())
        world.take(bad)
        assert [one.event_id for one in world.index.aside(Scope())] == [bad.id]

        world.take(released("9", minute=10))  # no longer crashes
        world.take(retried(bad.id, key="a", minute=20))

        assert world.index.aside(Scope()) == []
        assert world.index.overview(Scope()).set_aside == 0
        for minute, count in ((4, 0), (5, 1), (19, 1), (20, 0)):
            then = Scope(known_at=at(minute))
            assert len(world.index.aside(then)) == count, minute
            assert world.index.overview(then).set_aside == count, minute
        aside = world.index.aside(Scope(known_at=at(5)))[0]
        assert (aside.name, aside.unit, aside.key) == ("report.read", "agency", "a")
        assert (aside.at, aside.agency) == (at(5), "a县财政局")

    def test_what_was_set_aside_is_listed_newest_first_and_kept_oldest_first(
        self, world: World
    ) -> None:
        bad = [read("a", year, "崩溃", minute=year - 2000) for year in (2022, 2023, 2024)]
        world.take(registered("a"), released(), *bad)

        ids = [one.id for one in bad]
        assert [one.event_id for one in world.index.aside(Scope())] == ids[::-1]
        assert [one.event_id for one in world.index.aside(Scope(), limit=1)] == ids[-1:]
        assert [one.event_id for _, one in world.states.set_aside()] == ids

    def test_what_was_set_aside_is_seen_within_the_jurisdiction(self, world: World) -> None:
        world.take(registered("a", parent="county"), registered("b"), released())
        world.take(read("a", 2024, "崩溃"), read("b", 2024, "崩溃"))

        here = Scope(jurisdictions=("county",))

        assert [one.key for one in world.index.aside(here)] == ["a"]
        assert world.index.overview(here).set_aside == 1
        assert len(world.index.aside(Scope())) == 2
        agency = world.index.agency("a", here)
        assert agency is not None
        assert [one.key for one in agency.aside] == ["a"]
