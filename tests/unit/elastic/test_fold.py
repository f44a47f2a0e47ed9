"""What events change, computed over states alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from duban.adapters.elastic.changes import Subject
from duban.adapters.elastic.fold import Fold, keys_of
from duban.adapters.elastic.state import ENCODER, KeyState
from duban.adapters.embedded.moment import micros
from duban.domain.event import Event
from duban.ports import Recorded
from duban.testing.events import at, checked, read, registered, rejected, removed, withdrawn

REPORT = Subject("reports", "a", "a/2024")


def folded(events: Sequence[tuple[int, Event]], *, lanes: int = 1) -> Fold:
    """The events, each at its position, over nothing."""
    keys = {key for _, event in events for key in keys_of(event)}
    fold = Fold({key: KeyState() for key in keys}, lanes)
    for position, event in events:
        fold.take(Recorded(position, event))
    return fold


def states_after(fold: Fold, keys: Sequence[str]) -> dict[str, KeyState]:
    """What is remembered of these keys, as it is stored."""
    decoder = msgspec.json.Decoder(KeyState)
    known = {key: ENCODER.encode(state) for key, state in fold.states.items()}
    return {key: decoder.decode(known.get(key, b"{}")) for key in keys}


def last(fold: Fold, subject: Subject) -> dict[str, Any]:
    """The fields of a subject as the last change left them."""
    fields: dict[str, Any] = {}
    for change in fold.changes.of[subject]:
        fields = {**fields, **change.fields} if change.is_patch else dict(change.fields)
    return fields


def test_a_fact_that_was_recorded_twice_does_not_replace_what_came_between() -> None:
    old, new = read("a", 2024, "旧", minute=1), read("a", 2024, "新", minute=2)

    fold = folded([(1, old), (2, new), (3, old)])

    assert last(fold, Subject("readings", "a", "a/2024"))["text"].endswith("新")


def test_the_same_fact_at_its_own_place_again_changes_nothing() -> None:
    events = [(1, registered("a")), (2, read("a", 2024, "一")), (3, checked("a"))]
    once = folded(events)
    before = {key: ENCODER.encode(state) for key, state in once.states.items()}

    for position, event in reversed(events):
        once.take(Recorded(position, event))

    assert {key: ENCODER.encode(state) for key, state in once.states.items()} == before


def test_bytes_rejected_in_one_partition_and_read_in_another_are_told_apart_by_time() -> None:
    nobodys = rejected("x", "unassigned", minute=1)
    known = read("a", 2024, "一", bytes_="x", minute=5)
    subject = Subject("rejected", keys_of(nobodys)[0], nobodys.key)

    later_but_lower = folded([(9, nobodys), (2, known)], lanes=2)
    earlier_but_higher = folded([(2, rejected("x", "unassigned", minute=9)), (9, known)], lanes=2)

    assert last(later_but_lower, subject)["settled"] is True
    assert last(earlier_but_higher, subject)["settled"] is False


def test_bytes_read_in_another_partition_are_settled_whichever_of_them_is_taken_first() -> None:
    refused = rejected("x", "unassigned", agency_id="b", minute=1)
    known = read("a", 2024, "一", bytes_="x", minute=5)
    sooner = read("c", 2024, "一", bytes_="x", minute=0)
    subject = Subject("rejected", keys_of(refused)[1], refused.body.sha256)  # type: ignore[union-attr]

    in_order = last(folded([(2, refused), (1, known)], lanes=2), subject)

    assert in_order["settled"]
    assert last(folded([(1, known), (2, refused)], lanes=2), subject) == in_order
    assert not last(folded([(1, sooner), (2, refused)], lanes=2), subject)["settled"]


def test_bytes_read_before_are_settled_also_where_their_rejection_is_taken_in_a_later_write() -> (
    None
):
    refused = rejected("x", "unassigned", agency_id="b", minute=1)
    known = read("a", 2024, "一", bytes_="x", minute=5)
    again = rejected("x", "unassigned", agency_id="b", minute=3, url="https://b.gov.cn/again")
    subject = Subject("rejected", keys_of(refused)[1], refused.body.sha256)  # type: ignore[union-attr]
    in_order = folded([(2, refused), (4, again), (1, known)], lanes=2)

    one_by_one = folded([(1, known)], lanes=2)
    for position, event in ((2, refused), (4, again)):
        later = Fold(states_after(one_by_one, keys_of(event)), 2)
        later.take(Recorded(position, event))
        one_by_one = later

    assert last(one_by_one, subject) == last(in_order, subject)
    assert last(in_order, subject)["settled"]
    assert [one.from_us for one in one_by_one.changes.of[subject]][-1] == micros(at(5))
    late = folded([(1, known), (2, rejected("x", "unassigned", minute=9))], lanes=2)
    assert not last(late, subject)["settled"]


def test_an_agency_is_known_since_the_roster_named_it_whatever_was_told_of_it_sooner() -> None:
    agency, named = Subject("agencies", "a", "a"), registered("a", minute=1)
    told = read("a", 2024, "一", minute=5)

    in_order = folded([(1, named), (2, told)])
    overtaken = folded([(9, told), (12, named)])

    assert last(overtaken, agency)["agency"] == last(in_order, agency)["agency"]
    assert [one.from_us for one in overtaken.changes.of[agency]][-1] == micros(at(1))
    assert [one.from_us for one in in_order.changes.of[agency]] == [micros(at(1))]
    assert all(one.ends is None for one in overtaken.changes.of[agency])


def test_every_document_names_the_agency_as_the_roster_does_now() -> None:
    fold = folded(
        [
            (1, registered("a", "旧名")),
            (2, read("a", 2024, "一")),
            (3, checked("a")),
            (4, registered("a", "新名", minute=3)),
        ]
    )

    told = {subject.model: last(fold, subject)["agency"] for subject in fold.changes.of}
    assert told == dict.fromkeys(("agencies", "reports", "readings", "pages"), "新名")
    fold.take(Recorded(5, removed("a", minute=4)))
    assert last(fold, REPORT)["shown"] is False


def test_a_change_of_name_is_no_change_of_the_report() -> None:
    fold = folded([(1, registered("a")), (2, read("a", 2024, "一", minute=1))])

    fold.take(Recorded(3, registered("a", "新名", minute=3)))

    change = fold.changes.of[REPORT][-1]
    assert (change.ends, change.from_us) == (None, fold.changes.of[REPORT][0].from_us)


def test_what_was_so_for_no_time_is_written_over_and_the_rest_ends_when_it_changed() -> None:
    url = "http://h/1"
    fold = folded(
        [
            (1, registered("a")),
            (2, read("a", 2024, "一", url=url, minute=1)),
            (3, read("a", 2024, "二", url=url, minute=1)),
            (4, withdrawn("a", "x", url, minute=5)),
        ]
    )

    changes = fold.changes.of[REPORT]
    assert [one.number for one in changes] == [1, 2, 3]
    assert [one.ends for one in changes] == [None, None, int(at(5).timestamp() * 1_000_000)]
