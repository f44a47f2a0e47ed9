"""Each check of the drills on real servers can fail: it is given streams wrong in one way."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import get_args

import msgspec
import pytest

pytest.importorskip("kafka")

from tests.drill_stack import check
from tests.drill_stack.check import Derived
from tests.drill_stack.derive import first_of_each
from tests.drill_stack.troubles import Trouble, drawn
from tests.stack.office_chain import OfficeChain

from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.kafka.aside import note_of
from duban.adapters.kafka.partition_reader import Raw
from duban.domain.event import Event, encode
from duban.ports import SetAside
from duban.testing.events import calendar_released, posted, read, registered, released

Streams = dict[str, list[Raw]]
POSTED = posted("one", minute=1)


def raw(stream: str, offset: int, event: Event) -> Raw:
    return Raw(
        partition=0, offset=offset, key=event.key, id=event.id, name=event.name,
        value=encode(event), stream=stream,
    )  # fmt: skip


def followed() -> Event:
    """What was read of the posting, with something that is open."""
    return msgspec.structs.replace(read("a1", 2024, "错误SUM=1", bytes_="one"), cause=POSTED.id)


RECORDED = (POSTED, calendar_released(), released(), registered("a1"))


@pytest.fixture
def sound(tmp_path: Path) -> tuple[Streams, Derived]:
    """Streams in which nothing is wrong, and what follows from their facts."""
    facts = [*RECORDED[1:], followed()]
    with EmbeddedStore(tmp_path) as store:
        store.log.append(facts)
        store.runner(OfficeChain()).run_until_idle()
        made = {
            topic: [one.event for one in store.log.read(topic)]
            for topic in ("conclusions", "alerts")
        }
    events = {"posted": [POSTED], "facts": facts, **made}
    streams = {
        name: [raw(name, place, event) for place, event in enumerate(found)]
        for name, found in events.items()
    }
    derived = Derived({e.id: e for found in made.values() for e in found}, frozenset())
    return {**streams, "aside": []}, derived


def told(streams: Streams, derived: Derived) -> Sequence[str]:
    return list(check.everything(streams, RECORDED, derived))


def test_sound_streams_are_sound_also_where_messages_lie_there_twice(
    sound: tuple[Streams, Derived],
) -> None:
    streams, derived = sound
    assert told(streams, derived) == []
    assert streams["conclusions"]
    assert streams["alerts"]

    twice = {name: _again(found) for name, found in streams.items()}
    assert told(twice, derived) == []


def test_bytes_that_came_back_are_no_posting_done_twice(sound: tuple[Streams, Derived]) -> None:
    streams, derived = sound
    came = [
        posted(name, minute=at, url="http://a/1") for at, name in enumerate(("one", "two", "one"))
    ]
    lie = [
        msgspec.structs.replace(raw("posted", place, event), partition=place % 2)
        for place, event in enumerate(came)
    ]

    def doubled(recorded: Sequence[Event]) -> bool:
        lines = check.everything(streams | {"posted": lie}, recorded, derived)
        return any("posted twice" in line for line in lines)

    assert not doubled(came)
    assert doubled([came[0], came[2], came[1]])


def test_a_lost_posting_or_fact_is_told(sound: tuple[Streams, Derived]) -> None:
    streams, derived = sound
    assert "lost: report.posted" in " ".join(told(streams | {"posted": []}, derived))
    assert "lost: agency.registered" in " ".join(
        told(streams | {"facts": [*streams["facts"][:2], *streams["facts"][3:]]}, derived)
    )


def test_an_input_without_a_trace_or_with_two_is_told(sound: tuple[Streams, Derived]) -> None:
    streams, derived = sound
    without = streams | {"facts": streams["facts"][:-1]}
    assert f"posting {POSTED.id} has 0 traces" in told(without, derived)

    other = msgspec.structs.replace(followed(), id="other")
    twice = streams | {"facts": [*streams["facts"], raw("facts", 9, other)]}
    assert f"posting {POSTED.id} has 2 traces" in told(twice, derived)


@pytest.mark.parametrize("topic", ["posted", "facts", "conclusions", "alerts"])
def test_an_id_with_two_contents_is_told(sound: tuple[Streams, Derived], topic: str) -> None:
    streams, derived = sound
    last = streams[topic][-1]
    value = last.value.replace(b'"at":"20', b'"at":"19')
    other = msgspec.structs.replace(last, offset=99, value=value)
    told_of = told(streams | {topic: [*streams[topic], other]}, derived)
    assert f"{topic}: {last.id} has 2 contents" in told_of


def test_a_fact_that_nobody_recorded_is_told(sound: tuple[Streams, Derived]) -> None:
    streams, derived = sound
    more = raw("facts", 9, registered("a9"))
    assert any("invented" in line for line in told(_with(streams, "facts", more), derived))


@pytest.mark.parametrize("topic", ["conclusions", "alerts"])
def test_a_conclusion_lost_invented_or_otherwise_is_told(
    sound: tuple[Streams, Derived], topic: str
) -> None:
    streams, derived = sound
    last = streams[topic][-1]
    fewer = {topic: streams[topic][:-1]}
    assert f"was never concluded: {last.name} {last.id}" in " ".join(told(streams | fewer, derived))
    other = msgspec.structs.replace(last, id="other", offset=99)
    assert f"does not follow from the facts: {last.name} other" in " ".join(
        told(_with(streams, topic, other), derived)
    )
    value = last.value.replace(b'"at":"20', b'"at":"19')
    changed = {topic: [*streams[topic][:-1], msgspec.structs.replace(last, value=value)]}
    assert f"says something else than derived anew: {last.name} {last.id}" in " ".join(
        told(streams | changed, derived)
    )


def test_a_revision_told_twice_under_two_ids_is_told(sound: tuple[Streams, Derived]) -> None:
    streams, derived = sound
    again = streams["conclusions"][-1]
    twice = msgspec.structs.replace(again, id="other", offset=99)
    event = msgspec.structs.replace(derived.events[again.id], id="other")
    twice = msgspec.structs.replace(twice, value=encode(event))
    also = Derived({**derived.events, "other": event}, frozenset())
    assert any("revisions" in line for line in told(_with(streams, "conclusions", twice), also))


def test_alerts_that_do_not_tell_what_is_open_are_told(sound: tuple[Streams, Derived]) -> None:
    streams, derived = sound
    alerts = {one.id for one in streams["alerts"]}
    fewer = Derived({k: v for k, v in derived.events.items() if k not in alerts}, frozenset())
    assert any("told by 0 alerts" in line for line in told(streams | {"alerts": []}, fewer))


@pytest.mark.parametrize(
    ("unit", "is_told"), [("agency", True), ("intake", True), ("indexer", True)]
)
def test_what_troubles_of_servers_set_aside_is_told(
    sound: tuple[Streams, Derived], unit: str, is_told: bool
) -> None:
    streams, derived = sound
    fact = streams["facts"][-1]
    noted = _note(unit, fact, None)
    assert (f"set aside by {unit}: {fact.id}" in told(_with(streams, "aside", noted), derived)) == (
        is_told
    )
    settled = _with(_with(streams, "aside", noted), "aside", _note(unit, fact, 12))
    assert told(settled, derived) == []


def test_what_breaks_a_rule_and_is_not_aside_is_told(sound: tuple[Streams, Derived]) -> None:
    streams, derived = sound
    fact = streams["facts"][-1]
    wrong = Derived(derived.events, frozenset([fact.id]))
    assert f"not set aside: {fact.id}" in told(streams, wrong)
    assert told(_with(streams, "aside", _note("agency", fact, None)), wrong) == []


def _with(streams: Streams, name: str, one: Raw) -> Streams:
    return {**streams, name: [*streams[name], one]}


def _again(found: list[Raw]) -> list[Raw]:
    moved = [msgspec.structs.replace(one, offset=one.offset + 100) for one in found]
    return [*found, *moved]


def _note(unit: str, of: Raw, settled: int | None) -> Raw:
    row = SetAside(of.offset + 1, of.key, of.id, "磁盘已满", settled)
    message = note_of(unit, of, row)
    return Raw(
        partition=0, offset=settled or 0, key=message.key, id=message.id, name=message.name,
        value=message.value, stream="aside",
    )  # fmt: skip


def test_what_follows_is_derived_from_each_fact_where_it_came_first() -> None:
    one, two = registered("a1"), followed()

    assert first_of_each([one, two, one]) == [one, two]


def test_the_ten_brief_drills_of_ci_meet_with_every_kind_of_trouble() -> None:
    every = frozenset(get_args(Trouble))
    met = {one for seed in range(10) for one in drawn(seed, Random(seed), every, is_brief=True)}

    assert met == every
