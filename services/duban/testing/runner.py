"""What every runner promises: nothing lost, nothing twice, and nothing that stops the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duban.domain.event import Event
from duban.domain.view import FindingQuery, Scope
from duban.ports import BlobStore, StateStore
from duban.processors.evaluator import Evaluator
from duban.processors.processor import Chain
from duban.testing.events import checked, read, registered, rejected, released, removed, sha256
from duban.testing.index import adds_up
from duban.testing.judge import SpokenJudge
from duban.testing.world import World


def evaluator() -> Evaluator:
    """The evaluator of the contracts, with the rulebooks that `released` names."""
    library = {
        sha256(f"rulebook {version}"): SpokenJudge(is_mended=version == "9") for version in "12379"
    }
    return Evaluator(library.__getitem__)


def chain(blobs: BlobStore, states: StateStore) -> Chain:
    """The chain of the contracts, as a worker makes it: it needs nothing that was released."""
    del blobs, states
    return Chain("agency", (evaluator(),))


class MakeWorld(Protocol):
    """Builds a world of its own, empty, for each call."""

    def __call__(self) -> World: ...


PROSE = st.sampled_from(["正常", "错误SUM=1", "错误SUM=2", "警告TXT", "崩溃", "错误SUM 警告TXT"])
AGENCIES = st.sampled_from("abc")
YEARS = st.sampled_from([2022, 2023, 2024])
FACTS: st.SearchStrategy[list[Event]] = st.lists(
    st.one_of(
        st.builds(read, AGENCIES, YEARS, PROSE, url=st.sampled_from(["http://h/1", "http://h/2"])),
        st.builds(
            rejected,
            st.sampled_from("xyz"),
            st.sampled_from(["unreadable", "other_document"]),
            agency_id=AGENCIES,
            year=YEARS,
            url=st.just("http://h/1"),
        ),
        st.builds(rejected, st.just("nobody's"), st.just("unassigned")),
        st.builds(registered, AGENCIES, st.sampled_from(["甲局", "乙局"])),
        st.builds(removed, AGENCIES),
        st.builds(released, st.sampled_from("123")),
        st.builds(checked, AGENCIES),
    ),
    max_size=14,
)


class RunnerContract:
    """Subclass with fixtures `world` and `make_world`, each run with `evaluator()`."""

    def test_a_reading_becomes_a_finding(self, world: World) -> None:
        world.take(registered("a"), released(), read("a", 2024, "错误SUM=5"))

        found = world.index.findings(FindingQuery()).rows[0]

        assert (found.agency_id, found.year, found.finding.rule) == ("a", 2024, "SUM")

    def test_what_cannot_be_handled_is_set_aside_and_the_rest_goes_on(self, world: World) -> None:
        bad = read("a", 2023, "崩溃")
        world.take(registered("a"), released(), bad, read("a", 2024, "错误SUM"))

        aside = [one for _, one in world.states.set_aside()]

        assert [(one.event_id, one.key) for one in aside] == [(bad.id, "a")]
        assert "规则出错" in aside[0].cause
        overview = world.index.overview(Scope())
        assert (overview.set_aside, overview.ledger.failing, overview.ledger.unreadable) == (
            1,
            1,
            1,
        )

    def test_an_event_that_everyone_must_handle_is_set_aside_for_the_key_that_fails(
        self, world: World
    ) -> None:
        world.take(registered("a"), registered("b"), read("a", 2024, "崩溃"), read("b", 2024))
        world.take(released())

        assert [one.key for _, one in world.states.set_aside()] == ["a"]
        assert world.index.overview(Scope()).ledger.compliant == 1

    def test_a_rulebook_reaches_every_agency_however_many(self, world: World) -> None:
        agencies = [f"a{n:03}" for n in range(150)]
        world.take(*(read(agency, 2024, "错误SUM") for agency in agencies))

        world.take(*map(registered, agencies), released())

        assert world.index.overview(Scope()).ledger.failing == 150

    def test_an_agency_that_appears_later_is_told_of_the_last_rulebook(self, world: World) -> None:
        world.take(released("1"), released("2"))

        world.take(registered("a"), read("a", 2024, "错误SUM"))

        assert world.index.findings(FindingQuery()).rows[0].rulebook == "2"

    def test_running_again_without_new_events_changes_nothing(self, world: World) -> None:
        world.take(registered("a"), released(), read("a", 2024, "错误SUM"))
        position = world.index.position()

        world.run()

        assert world.index.position() == position

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(facts=FACTS, cuts=st.lists(st.integers(0, 14), max_size=3))
    def test_figures_add_up_and_do_not_depend_on_when_events_were_handled(
        self, make_world: MakeWorld, facts: list[Event], cuts: list[int]
    ) -> None:
        at_once, bit_by_bit = make_world(), make_world()
        at_once.take(*facts)

        begin = 0
        for end in [*sorted(cuts), len(facts)]:
            bit_by_bit.take(*facts[begin:end])
            begin = max(begin, end)

        assert bit_by_bit.conclusions() == at_once.conclusions()
        assert bit_by_bit.answers() == at_once.answers()
        for year in (None, 2022, 2023, 2024):
            assert adds_up(at_once.index.overview(Scope(year=year)))

    def test_two_agencies_commute(self, make_world: MakeWorld) -> None:
        mine = [registered("a"), read("a", 2023, "错误SUM"), read("a", 2024, "警告TXT")]
        theirs = [registered("b"), read("b", 2024, "错误SUM"), read("b", 2023, "正常")]
        one, other = make_world(), make_world()

        one.take(released(), *mine, *theirs)
        other.take(released(), *(fact for pair in zip(theirs, mine, strict=True) for fact in pair))

        assert one.conclusions() == other.conclusions()
        assert one.answers()["matrix"] == other.answers()["matrix"]


class KilledRunnerContract:
    """Subclass with `journey`: handles facts, killed at the n-th write, then to the end."""

    @pytest.fixture
    def journey(self) -> Callable[[list[Event], int], World | None]:
        raise NotImplementedError

    def test_a_kill_at_any_write_loses_and_doubles_nothing(
        self, journey: Callable[[list[Event], int], World | None], make_world: MakeWorld
    ) -> None:
        facts = [
            registered("a"),
            read("b", 2024, "警告TXT"),
            released(),
            read("a", 2024, "错误SUM=1"),
            read("a", 2023, "错误CARRY"),
            read("a", 2024, "崩溃"),
            registered("b"),
            released("2"),
            rejected("scan", agency_id="b", year=2023),
        ]
        whole = make_world()
        whole.take(*facts)
        expected = _trace(whole)
        kills = 0
        while (world := journey(facts, kills)) is not None:
            assert _trace(world) == expected, kills
            kills += 1
        assert kills > 50


def _trace(world: World) -> tuple[object, ...]:
    aside = [one.event_id for _, one in world.states.set_aside()]
    return world.conclusions(), world.answers(), aside
