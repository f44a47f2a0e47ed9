"""What is promised of events that were set aside: retried at their own place, and settled."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duban.adapters.retrying import Retrying
from duban.domain.event import Event, EventRetried
from duban.domain.view import FindingQuery, Scope
from duban.ports import SetAside
from duban.testing.clock import MovableClock
from duban.testing.events import read, registered, released
from duban.testing.runner import MakeWorld
from duban.testing.world import World

MENDED = "9"  # the rulebook that no prose breaks


def retrying(world: World, *, days: int = 40) -> Retrying:
    """Asks for retries so many days after the start of the test's time."""
    clock = MovableClock()
    clock.move(timedelta(days=days))
    return Retrying(world.log, world.states, clock)


def aside(world: World) -> list[SetAside]:
    """What is set aside by the chain."""
    return [one for unit, one in world.states.set_aside() if unit == "agency"]


def retry_all(world: World, *, days: int = 40) -> None:
    """Ask for everything that is set aside, once, and handle it."""
    for unit, one in world.states.set_aside():
        assert retrying(world, days=days).ask(one.event_id, unit, one.key, by="测试员")
    world.run()


class RetryContract:
    """Subclass with fixtures `world` and `make_world`, each run with `evaluator()`."""

    def test_what_is_retried_after_the_cause_is_mended_is_handled_and_settled(
        self, world: World
    ) -> None:
        world.take(registered("a"), released(), read("a", 2024, "崩溃 错误SUM"))
        world.take(released(MENDED))
        assert world.index.findings(FindingQuery()).total == 0

        retry_all(world)

        assert world.states.set_aside() == []
        assert world.index.overview(Scope()).set_aside == 0
        found = world.index.findings(FindingQuery()).rows[0]
        assert (found.agency_id, found.finding.rule, found.rulebook) == ("a", "SUM", MENDED)

    def test_what_follows_from_a_retry_was_not_known_before(self, world: World) -> None:
        world.take(registered("a"), released(), read("a", 2024, "崩溃 错误SUM"))
        world.take(released(MENDED))
        before = world.index.findings(FindingQuery(scope=Scope())).total

        retry_all(world, days=40)

        asked = next(e for e in world.history() if isinstance(e.event.body, EventRetried)).event
        now = world.index.findings(FindingQuery()).rows[0]
        then = Scope(known_at=asked.at - timedelta(seconds=1))
        assert before == 0
        assert now.since == asked.at
        assert world.index.findings(FindingQuery(scope=then)).total == 0

    def test_what_fails_again_is_set_aside_anew_and_can_be_asked_for_again(
        self, world: World
    ) -> None:
        world.take(registered("a"), released(), bad := read("a", 2024, "崩溃 错误SUM"))
        first = aside(world)[0]

        retry_all(world)

        second = aside(world)[0]
        assert (second.event_id, second.key) == (bad.id, "a")
        assert second.position > first.position
        assert world.index.overview(Scope()).set_aside == 1
        world.take(released(MENDED))
        retry_all(world)
        assert aside(world) == []
        assert world.index.findings(FindingQuery()).total == 1

    def test_asking_twice_is_one_retry_and_asking_for_what_is_not_aside_is_none(
        self, world: World
    ) -> None:
        world.take(registered("a"), released(), bad := read("a", 2024, "崩溃"))
        world.take(released(MENDED))

        assert retrying(world).ask(bad.id, "agency", "a", by="甲")
        assert retrying(world, days=50).ask(bad.id, "agency", "a", by="乙")
        assert not retrying(world).ask(bad.id, "agency", "b", by="甲")
        assert not retrying(world).ask(bad.id, "intake", "a", by="甲")
        world.run()
        assert not retrying(world).ask(bad.id, "agency", "a", by="甲")

        bodies = [one.event.body for one in world.history()]
        assert [body.by for body in bodies if isinstance(body, EventRetried)] == ["甲"]

    def test_an_old_report_that_is_retried_does_not_replace_a_newer_one(self, world: World) -> None:
        world.take(registered("a"), released(), read("a", 2024, "崩溃 错误SUM"))
        world.take(read("a", 2024, "正常"), released(MENDED))

        retry_all(world)

        assert aside(world) == []
        assert world.index.overview(Scope()).ledger.compliant == 1

    def test_of_two_reports_set_aside_the_newer_stands_in_whichever_order_they_are_retried(
        self, make_world: MakeWorld
    ) -> None:
        for order in ((0, 1), (1, 0)):
            world = make_world()
            two = (read("a", 2024, "崩溃 错误OLD"), read("a", 2024, "崩溃 错误NEW"))
            world.take(registered("a"), released(), *two)
            world.take(released(MENDED))

            for which in order:
                retrying(world).ask(two[which].id, "agency", "a", by="测试员")
                world.run()

            rules = [row.finding.rule for row in world.index.findings(FindingQuery()).rows]
            assert (rules, aside(world)) == (["NEW"], [])

    def test_a_rulebook_that_is_retried_does_not_replace_a_newer_one(self, world: World) -> None:
        world.take(registered("a"), read("a", 2024, "崩溃 错误SUM"), old := released())
        assert [one.event_id for one in aside(world)] == [old.id]
        world.take(released(MENDED))

        retry_all(world)

        assert aside(world) == []
        assert world.index.findings(FindingQuery()).rows[0].rulebook == MENDED

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(
        parts=st.lists(
            st.lists(
                st.one_of(
                    st.builds(
                        read,
                        st.sampled_from("ab"),
                        st.sampled_from([2023, 2024]),
                        st.sampled_from(["正常", "崩溃 错误SUM", "崩溃 错误CARRY"]),
                    ),
                    st.builds(released, st.sampled_from(["1", "2", MENDED])),
                    st.builds(registered, st.sampled_from("ab")),
                ),
                max_size=4,
            ),
            max_size=5,
        )
    )
    def test_a_history_with_retries_comes_to_the_same_however_it_is_cut(
        self, make_world: MakeWorld, parts: list[list[Event]]
    ) -> None:
        lived, at_once = make_world(), make_world()
        for day, part in enumerate(parts):
            lived.take(*part)
            retry_all(lived, days=day)

        at_once.take(*(one.event for one in lived.log.read("facts", limit=10_000)))

        assert at_once.conclusions() == lived.conclusions()
        assert at_once.answers() == lived.answers()
        assert _rows(at_once) == _rows(lived)
        assert {row[0] for row in _rows(lived)} <= {one.event.id for one in lived.history()}


def _rows(world: World) -> set[tuple[str, str, str]]:
    return {(one.event_id, one.key, one.cause) for one in aside(world)}
