"""What must hold of the streams after any troubles; each line that is given tells a failure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from tests.drill.check import alerts_are_what_is_open, nothing_doubled

from duban.adapters.kafka.aside import note_in
from duban.adapters.kafka.partition_reader import Raw
from duban.domain.event import Event, ReportRead, ReportRejected, Topic, decode, encode

TOPICS: tuple[Topic, ...] = ("posted", "facts", "conclusions", "alerts")
Streams = Mapping[str, Sequence[Raw]]


class Derived(NamedTuple):
    """What follows from the facts as they lie: conclusions and alerts, and what cannot be handled.

    The latter are ids of events.
    """

    events: Mapping[str, Event]
    set_aside: frozenset[str]


def everything(streams: Streams, recorded: Sequence[Event], derived: Derived) -> Iterator[str]:
    """Every failure of streams whose messages are all handled.

    Postings of one address lie in different partitions: they are looked at in the edge's order.
    """
    yield from nothing_lost(streams, recorded)
    yield from every_input_has_a_trace(streams)
    yield from no_id_has_two_contents(streams)
    yield from nothing_invented(streams, recorded)
    yield from conclusions_are_those_that_follow(streams, derived)
    yield from only_what_must_be_is_aside(streams, derived)
    history = {topic: _once(streams[topic]) for topic in TOPICS}
    order = {event.id: place for place, event in enumerate(recorded)}
    history["posted"].sort(key=lambda event: order.get(event.id, len(order)))
    yield from nothing_doubled(history)
    yield from alerts_are_what_is_open(history["conclusions"], history["alerts"])


def nothing_lost(streams: Streams, recorded: Iterable[Event]) -> Iterator[str]:
    """What was recorded at the edge lies in its stream as it was recorded."""
    there = {(topic, one.id): one.value for topic in TOPICS for one in streams[topic]}
    for event in recorded:
        if there.get((event.topic, event.id)) != encode(event):
            yield f"lost: {event.name} {event.id}"


def every_input_has_a_trace(streams: Streams) -> Iterator[str]:
    """Each posting was read or rejected by one fact, or is set aside."""
    traces: dict[str, set[str]] = defaultdict(set)
    for raw in streams["facts"]:
        body = decode(raw.value).body
        if isinstance(body, ReportRead | ReportRejected):
            traces[body.posted_id].add(raw.id)
    for unit, event_id in standing_aside(streams["aside"]):
        if unit == "intake":
            traces[event_id].add("aside")
    for posted_id in {raw.id for raw in streams["posted"]}:
        if len(traces[posted_id]) != 1:
            yield f"posting {posted_id} has {len(traces[posted_id])} traces"


def no_id_has_two_contents(streams: Streams) -> Iterator[str]:
    """A message may lie there twice, and is then the same."""
    for topic in TOPICS:
        contents: dict[str, set[bytes]] = defaultdict(set)
        for raw in streams[topic]:
            contents[raw.id].add(raw.value)
        for event_id, values in contents.items():
            if len(values) > 1:
                yield f"{topic}: {event_id} has {len(values)} contents"


def nothing_invented(streams: Streams, recorded: Iterable[Event]) -> Iterator[str]:
    """A fact was recorded at the edge, or follows from a posting."""
    known = {event.id for event in recorded}
    for topic in ("posted", "facts"):
        for event in _once(streams[topic]):
            if event.id not in known and event.cause not in known:
                yield f"invented: {event.name} {event.id}"


def conclusions_are_those_that_follow(streams: Streams, derived: Derived) -> Iterator[str]:
    """Conclusions and alerts equal those derived anew from the facts."""
    found = {
        raw.id: decode(raw.value) for topic in ("conclusions", "alerts") for raw in streams[topic]
    }
    for event_id in sorted(found.keys() | derived.events.keys()):
        event = derived.events.get(event_id)
        if event is None:
            yield f"does not follow from the facts: {found[event_id].name} {event_id}"
        elif event_id not in found:
            yield f"was never concluded: {event.name} {event_id} of {event.key}"
        elif found[event_id] != event:
            yield f"says something else than derived anew: {event.name} {event_id}"


def only_what_must_be_is_aside(streams: Streams, derived: Derived) -> Iterator[str]:
    """A trouble of servers sets nothing aside; an event that breaks a rule stays so."""
    rows = standing_aside(streams["aside"])
    for unit, event_id in sorted(rows):
        if unit != "agency" or event_id not in derived.set_aside:
            yield f"set aside by {unit}: {event_id}"
    for event_id in sorted(derived.set_aside - {one for _, one in rows}):
        yield f"not set aside: {event_id}"


def standing_aside(notes: Iterable[Raw]) -> set[tuple[str, str]]:
    """What is set aside and was not settled since: unit and event."""
    rows: Counter[tuple[str, str, int]] = Counter()
    for raw in notes:
        note = note_in(raw.value)
        rows[note.unit, note.row.event_id, note.row.position] += note.row.settled is not None
    return {(unit, event_id) for (unit, event_id, _), settled in rows.items() if not settled}


def _once(raws: Iterable[Raw]) -> list[Event]:
    first = {raw.id: raw for raw in reversed(list(raws))}
    seen: dict[str, Event] = {}
    for raw in sorted(first.values(), key=lambda one: (one.partition, one.offset)):
        seen[raw.id] = decode(raw.value)
    return list(seen.values())
