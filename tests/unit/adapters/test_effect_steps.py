"""An effect is worked once, and told as it was worked, whatever comes again."""

from __future__ import annotations

import contextlib
import itertools
from collections import defaultdict
from collections.abc import Sequence

import msgspec
import pytest

from duban.domain.event import Event, ReportRejected, derived_id, encode, record
from duban.domain.report import Reason
from duban.errors import EventError
from duban.ports import Recorded
from duban.testing.events import posted

pytest.importorskip("kafka")

from duban.adapters.kafka.effect_steps import EffectSteps
from duban.adapters.kafka.partition_reader import Raw, Span
from duban.adapters.kafka.publisher import Message


class Killed(BaseException):
    """Stands for SIGKILL: nothing after it runs."""


class Topic:
    """One partition of what was posted."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.raws = [
            Raw(0, place, one.key, one.id, one.name, encode(one), "", "posted")
            for place, one in enumerate(events)
        ]

    def read(self, name: str, wanted: dict[int, Span]) -> list[Raw]:
        assert name == "posted"
        return self.raws[wanted[0].begin : wanted[0].end]

    def close(self) -> None:
        pass


class Worker:
    """Keeps outputs and state as a broker would; dies after so many writes."""

    def __init__(self, topic: Topic, lives: int = 10**9) -> None:
        self.topic = topic
        self.table: dict[str, bytes] = {}
        self.said: dict[str, set[bytes]] = defaultdict(set)
        self.lives = lives
        self.readings = itertools.count()
        self.settled: list[str] = []
        self.messages: list[Message] = []
        self.prepared = 0
        self.unreadable: set[str] = set()
        self.steps = EffectSteps(
            "intake", "posted", self._read, topic, at_once=1, prepare=self._prepare
        )

    def _prepare(self) -> None:
        self.prepared += 1

    def _read(self, recorded: Recorded) -> Sequence[Event]:
        """Each reading says something else, as a machine under load may."""
        event = recorded.event
        if event.id in self.unreadable:
            raise ZeroDivisionError(event.id)
        body = ReportRejected(
            posted_id=event.id, sha256=event.key, media="html", reader="1", status="unreadable",
            reason=Reason("time", f"第 {next(self.readings)} 次"), found_at=event.at,
        )  # fmt: skip
        made = derived_id(event.id, "intake", "1")
        return (record(body, id=made, at=event.at, cause=event.id),)

    def deliver(self, *offsets: int) -> None:
        for offset in offsets:
            self.deliver_together(offset)

    def deliver_together(self, *offsets: int) -> None:
        raws = [self.topic.raws[offset] for offset in offsets]
        for taken in self.steps.take(raws, self.table.get):
            for one in taken.outputs:
                self._live()
                self.said[one.id].add(one.value)
            self._live()
            self.table.update(taken.writes)
            self.settled += [row.event_id for row in taken.settled]
            self.messages += taken.outputs

    def _live(self) -> None:
        if self.lives == 0:
            self.lives = -1
            raise Killed
        self.lives -= 1


POSTED = [posted(name) for name in "abcd"]


@pytest.mark.parametrize("lives", range(12))
def test_a_kill_at_any_write_gives_no_fact_two_contents(lives: int) -> None:
    worker = Worker(Topic(POSTED), lives)
    with pytest.raises(Killed):
        worker.deliver(0, 1, 2, 3)

    worker.lives = 10**9
    worker.deliver(0, 1, 2, 3)

    assert len(worker.said) == 4
    assert all(len(contents) == 1 for contents in worker.said.values())


@pytest.mark.parametrize("lives", range(10))
@pytest.mark.parametrize("later", [(0, 1, 2, 3), (0, 1), (0,)])
def test_several_that_are_told_together_keep_their_words_however_they_come_again(
    lives: int, later: tuple[int, ...]
) -> None:
    worker = Worker(Topic([*POSTED, posted("e")]), lives)
    with contextlib.suppress(Killed):
        worker.deliver_together(0, 1, 2, 3)
        worker.deliver_together(4)

    worker.lives = 10**9
    worker.deliver_together(*later)
    worker.deliver_together(*later, 4)

    assert len(worker.said) == 5
    assert all(len(contents) == 1 for contents in worker.said.values())


def test_what_waits_is_prepared_for_once_and_each_belongs_to_its_own_trace() -> None:
    worker = Worker(Topic(POSTED))
    trace = "0af7651916cd43dd8448eb211c80319c"
    worker.topic.raws[1] = msgspec.structs.replace(worker.topic.raws[1], trace=trace)

    worker.deliver_together(0, 1, 2, 3)

    assert worker.prepared == 1
    assert len({one.trace for one in worker.messages}) == 4
    assert worker.messages[1].trace == trace


def test_what_comes_before_one_that_cannot_be_read_is_told() -> None:
    worker = Worker(Topic(POSTED))
    worker.unreadable = {POSTED[2].id}
    with pytest.raises(ZeroDivisionError):
        worker.deliver_together(0, 1, 2, 3)

    assert len(worker.said) == 2
    assert worker.steps.cursor("posted", 0, worker.table.get) == 2
    with pytest.raises(ZeroDivisionError):
        worker.deliver(3)  # the one before it is not passed over
    taken = worker.steps.give_up(worker.topic.raws[3], worker.table.get, ZeroDivisionError())
    worker.table.update(taken.writes)
    assert taken.done == (worker.topic.raws[2],)
    worker.deliver(3)
    assert len(worker.said) == 3


def test_a_jump_is_read_from_the_log_first() -> None:
    worker = Worker(Topic(POSTED))

    worker.deliver(3, 1, 2)

    assert len(worker.said) == 4
    assert worker.steps.cursor("posted", 0, worker.table.get) == 4


def test_a_posting_that_was_recorded_twice_is_read_once() -> None:
    worker = Worker(Topic([POSTED[0], POSTED[1], POSTED[0]]))

    worker.deliver(0, 1, 2)

    assert next(worker.readings) == 2
    assert worker.steps.cursor("posted", 0, worker.table.get) == 3


def test_what_cannot_be_decoded_is_given_up_and_the_next_goes_on() -> None:
    topic = Topic(POSTED)
    topic.raws[0] = Raw(0, 0, "a", "broken", "report.posted", b"{", "", "posted")
    worker = Worker(topic)
    with pytest.raises(EventError) as caught:
        worker.deliver(0)

    taken = worker.steps.give_up(topic.raws[0], worker.table.get, caught.value)
    worker.table.update(taken.writes)
    worker.deliver(1)

    assert [row.event_id for row in taken.set_aside] == ["broken"]
    assert len(worker.said) == 1


def test_a_retry_settles_what_was_set_aside() -> None:
    first = POSTED[0]
    again = record(first.body, id="again", at=first.at, cause=first.id)
    worker = Worker(Topic([first, again]))
    taken = worker.steps.give_up(worker.topic.raws[0], worker.table.get, ZeroDivisionError())
    worker.table.update(taken.writes)

    worker.deliver(1)

    assert worker.settled == [first.id]
    assert len(worker.said) == 1
