"""What every index promises of events that come again, and of agencies that do not touch."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duban.domain.event import Event
from duban.domain.view import AgencyView, Scope
from duban.testing.anything import DUTIES, URLS, YEARS, duty, in_time
from duban.testing.events import (
    checked,
    due,
    read,
    registered,
    rejected,
    released,
    removed,
    withdrawn,
)
from duban.testing.known import answers
from duban.testing.world import World

_MANY = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def of_agency(agency_id: str) -> st.SearchStrategy[list[Event]]:
    """Facts that concern one agency and no other."""
    me = st.just(agency_id)
    return st.lists(
        st.one_of(
            st.builds(registered, me, kind=st.sampled_from(["dept_county", "town_gov"])),
            st.builds(removed, me),
            st.builds(read, me, YEARS, st.sampled_from(["正常", "错误SUM", "崩溃"]), url=URLS),
            st.builds(rejected, st.just(f"scan {agency_id}"), agency_id=me, year=YEARS, url=URLS),
            st.builds(withdrawn, me, st.just("x"), URLS),
            st.builds(due, me, DUTIES, revision=st.integers(1, 9)),
        ),
        max_size=8,
    )


#: Much about one agency, so that what is newer often stands over what is older.
OFTEN = st.builds(list.__add__, of_agency("a"), of_agency("a"))


class ReplayContract:
    """Subclass with a fixture `make_world`, run with `evaluator()`."""

    def test_any_stretch_of_the_history_taken_in_again_changes_nothing(
        self, make_world: Callable[[], World]
    ) -> None:
        @settings(_MANY, max_examples=40)
        @given(OFTEN, st.data())
        def stays(facts: list[Event], data: st.DataObject) -> None:
            world = make_world()
            world.take(*in_time([registered("a"), released(), *facts]))
            history = world.history()
            moments = (None, history[len(history) // 2].event.at, history[-1].event.at)
            before = [answers(world, Scope(known_at=at)) for at in moments]
            first = data.draw(st.integers(0, len(history) - 1))
            last = data.draw(st.integers(first + 1, len(history)))

            world.index.apply(history[first:last])

            assert [answers(world, Scope(known_at=at)) for at in moments] == before

        stays()

    def test_one_old_event_taken_in_again_undoes_no_newer_one(self, world: World) -> None:
        url = "http://h/1"
        world.take(
            *in_time(
                [
                    released(),
                    registered("a", "旧局", kind="town_gov"),
                    checked("a", url, "failed"),
                    read("a", 2024, "旧", url=url),
                    rejected("scan", agency_id="a", year=2023, url=url),
                    withdrawn("a", "旧", url),
                    removed("a"),
                    registered("a", "新局"),
                    checked("a", url),
                    read("a", 2024, "新 错误SUM", url=url),
                    rejected("scan 2", agency_id="a", year=2023, url=url),
                    due("a", duty(2022, "blocked"), revision=1),
                    due("a", duty(2022, "absent"), revision=2),
                ]
            )
        )
        now, history = answers(world, Scope()), world.history()

        for one in history:
            world.index.apply([one])
            assert answers(world, Scope()) == now, one

    def test_agencies_that_do_not_touch_come_to_the_same_in_whichever_order(
        self, make_world: Callable[[], World]
    ) -> None:
        @_MANY
        @given(of_agency("a"), of_agency("b"), st.randoms(use_true_random=False))
        def commute(mine: list[Event], theirs: list[Event], random: Random) -> None:
            one, other = make_world(), make_world()
            mine, theirs = _told("a", mine), _told("b", theirs)
            one.take(released(), *mine, *theirs)
            other.take(released(), *_shuffled(mine, theirs, random))

            assert one.conclusions() == other.conclusions()
            for agency_id in "ab":
                assert _agency(one, agency_id) == _agency(other, agency_id)
            assert one.index.matrix(Scope()) == other.index.matrix(Scope())
            assert one.index.overview(Scope()).ledger == other.index.overview(Scope()).ledger

        commute()


def _told(agency_id: str, facts: list[Event]) -> list[Event]:
    """The facts with ids of their own."""
    return [msgspec.structs.replace(fact, id=f"{agency_id}{n}") for n, fact in enumerate(facts)]


def _shuffled(mine: list[Event], theirs: list[Event], random: Random) -> list[Event]:
    """Both lists as one, each in its own order."""
    left, right, mixed = list(mine), list(theirs), []
    while left or right:
        turn = left if not right or (left and random.random() < 0.5) else right
        mixed.append(turn.pop(0))
    return mixed


def _agency(world: World, agency_id: str) -> AgencyView | None:
    """An agency without the places of its events in the history."""
    found = world.index.agency(agency_id, Scope())
    if found is None:
        return None
    aside = tuple(msgspec.structs.replace(one, position=0) for one in found.aside)
    return msgspec.structs.replace(found, aside=aside)
