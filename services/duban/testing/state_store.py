"""What every store of state promises."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from duban.errors import StorageError
from duban.ports import Cursor, EventLog, SetAside, StateRecord, StateStore, Step
from duban.testing.events import registered, released


class StateStoreContract:
    """Subclass with fixtures `states`, `log` of the same storage, and `reopen_states`."""

    def test_a_unit_never_seen_starts_at_the_beginning(self, states: StateStore) -> None:
        assert states.cursor("unit") == Cursor()
        assert states.record("unit", "a", "part") is None
        assert not states.knows("unit", "a")
        assert list(states.keys("unit", "", 10)) == []
        assert list(states.broadcasts("unit")) == []
        assert list(states.set_aside()) == []

    def test_a_step_is_stored_with_all_it_holds(
        self, states: StateStore, log: EventLog, reopen_states: Callable[[], StateStore]
    ) -> None:
        log.append([released()])
        said = log.read("facts")[0]
        aside = SetAside(6, "b", "e6", "原因")
        states.commit(
            Step(
                unit="unit",
                before=Cursor(),
                after=Cursor(7, "a"),
                outputs=(registered("x"),),
                records={("a", "part"): StateRecord(7, b"value" * 1000)},
                keys=("a",),
                broadcasts={"rulebook.released": said.position},
                set_aside=(aside,),
            )
        )

        for store in (states, reopen_states()):
            assert store.cursor("unit") == Cursor(7, "a")
            assert store.record("unit", "a", "part") == StateRecord(7, b"value" * 1000)
            assert store.knows("unit", "a")
            assert list(store.broadcasts("unit")) == [said]
            assert list(store.set_aside()) == [("unit", aside)]
        assert [one.event.key for one in log.read("facts")] == ["*", "x"]

    def test_units_do_not_see_one_another(self, states: StateStore) -> None:
        records = {("a", "part"): StateRecord(1, b"mine")}
        states.commit(
            Step(unit="one", before=Cursor(), after=Cursor(1), records=records, keys=("a",))
        )

        assert states.record("two", "a", "part") is None
        assert not states.knows("two", "a")
        assert states.cursor("two") == Cursor()

    def test_a_record_is_replaced_whole(self, states: StateStore) -> None:
        for n, data in enumerate((b"long" * 2000, b"short"), 1):
            records = {("a", "part"): StateRecord(n, data)}
            step = Step(unit="unit", before=Cursor(n - 1), after=Cursor(n), records=records)
            states.commit(step)

        assert states.record("unit", "a", "part") == StateRecord(2, b"short")

    def test_a_second_runner_is_refused_and_stores_nothing(
        self, states: StateStore, log: EventLog
    ) -> None:
        states.commit(Step(unit="unit", before=Cursor(), after=Cursor(5)))

        late = Step(unit="unit", before=Cursor(), after=Cursor(3), outputs=(registered("late"),))
        with pytest.raises(StorageError, match="只保留一个"):
            states.commit(late)

        assert states.cursor("unit") == Cursor(5)
        assert log.read("facts") == []

    def test_keys_are_listed_in_order_and_in_pages(self, states: StateStore) -> None:
        keys = ("丙", "a", "b", "c")
        states.commit(Step(unit="unit", before=Cursor(), after=Cursor(1), keys=keys))

        first = states.keys("unit", "", 3)

        assert list(first) == ["a", "b", "c"]
        assert list(states.keys("unit", first[-1], 3)) == ["丙"]

    def test_only_the_last_broadcast_of_a_name_is_remembered(
        self, states: StateStore, log: EventLog
    ) -> None:
        log.append([released("1"), released("2")])
        first, second = log.read("facts")
        for n, said in enumerate((first, second)):
            step = Step(
                unit="unit",
                before=Cursor(n),
                after=Cursor(n + 1),
                broadcasts={said.event.name: said.position},
            )
            states.commit(step)

        assert list(states.broadcasts("unit")) == [second]
