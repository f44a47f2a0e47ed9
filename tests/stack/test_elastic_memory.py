"""What an indexer wrote last is not asked for again, unless others may have written it since."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

pytest.importorskip("elasticsearch")
pytest.importorskip("kafka")

from tests.stack.elastic_world import settings

from duban.adapters.elastic.alone import Alone
from duban.adapters.elastic.applying import Applying
from duban.adapters.elastic.asking import Search
from duban.adapters.elastic.elastic_index import ElasticIndex
from duban.config import ElasticSettings
from duban.domain.view import Scope
from duban.ports import Recorded
from duban.testing.events import due, read, registered, rejected
from duban.testing.ledger import duty


def documents(index: ElasticIndex) -> list[Mapping[str, Any]]:
    """All that is and ever was known of the reports."""
    index.show()
    return list(index.asking.every(Search(model="reports", sort=("subject", "number"))))


def test_what_others_wrote_meanwhile_is_not_written_over_after_forgetting(
    elastic: str, wanted: ElasticSettings
) -> None:
    events = [
        registered("a"),
        *(due("a", duty(2024, "absent"), revision=n, minute=n) for n in range(2, 9)),
    ]
    recorded = [Recorded(number, event) for number, event in enumerate(events, 1)]
    with ElasticIndex(settings(elastic, f"{wanted.prefix}u-")) as index:
        index.apply(recorded)
        expected = documents(index)

    with ElasticIndex(wanted) as one, ElasticIndex(wanted) as other:
        one.apply(recorded[:1])
        other.apply(recorded[1:3])
        one.forget()
        one.apply(recorded[3:])

        assert documents(one) == expected


def test_a_state_that_was_written_is_not_asked_for_again(
    wanted: ElasticSettings, recorded: list[Recorded], monkeypatch: pytest.MonkeyPatch
) -> None:
    with ElasticIndex(wanted) as index:
        asked: list[Any] = []
        get = index._client.mget
        monkeypatch.setattr(
            index._client, "mget", lambda *, docs: asked.extend(docs) or get(docs=docs)
        )
        for begin in range(0, len(recorded), 3):
            index.apply(recorded[begin : begin + 3])

        states = [one["_id"] for one in asked if "state" in one["_index"]]
        assert len(states) == len(set(states)) > 2


def test_bytes_that_another_indexer_rejected_are_settled_when_they_are_read(
    wanted: ElasticSettings,
) -> None:
    first = read("a", 2024, bytes_="x", reader="1", minute=2)
    again = read("a", 2024, bytes_="x", reader="2", minute=4)
    refused = rejected("x", agency_id="b", year=2024, minute=3)
    with ElasticIndex(wanted) as one, ElasticIndex(wanted) as other:
        one.apply([Recorded(1, registered("a")), Recorded(2, first)])
        other.apply([Recorded(3, registered("b")), Recorded(4, refused)])
        assert [row.agency_id for row in one.rejected(Scope())] == ["b"]

        one.apply([Recorded(5, again)])

        assert list(one.rejected(Scope())) == []


def test_bytes_that_another_indexer_read_are_settled_when_their_rejection_is_taken_in(
    wanted: ElasticSettings,
) -> None:
    known = read("a", 2024, bytes_="x", minute=5)
    refused = rejected("x", agency_id="b", year=2024, minute=3)
    with ElasticIndex(wanted, lanes=2) as one, ElasticIndex(wanted, lanes=2) as other:
        one.apply([Recorded(1, registered("a")), Recorded(3, known)])
        other.apply([Recorded(2, registered("b")), Recorded(4, refused)])

        assert list(other.rejected(Scope())) == []


def test_two_that_rebuild_side_by_side_may_meet_the_same_bytes(wanted: ElasticSettings) -> None:
    with ElasticIndex(wanted) as index:
        index.prepare()
        generation = index.indices.current()
    for number, agency in enumerate("ab", 1):
        with ElasticIndex(wanted, generation=generation, alone=Alone()) as index:
            index.apply([Recorded(number, read(agency, 2024, bytes_="x"))])

    with ElasticIndex(wanted) as index:
        assert len(documents(index)) == 2


def test_what_a_slower_indexer_wrote_of_the_same_bytes_does_not_stay(
    wanted: ElasticSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sooner = rejected("x", agency_id="a", year=2024, minute=3)
    later = rejected("x", agency_id="b", year=2024, minute=5)
    with ElasticIndex(wanted, lanes=2) as slow, ElasticIndex(wanted, lanes=2) as fast:
        slow.apply([Recorded(1, registered("a")), Recorded(2, registered("b"))])
        write = Applying._write

        def overtaken(applying: Applying, *changes: Any) -> Any:
            monkeypatch.setattr(Applying, "_write", write)
            fast.apply([Recorded(4, later)])
            return write(applying, *changes)

        monkeypatch.setattr(Applying, "_write", overtaken)
        slow.apply([Recorded(3, sooner)])

        assert [row.agency_id for row in slow.rejected(Scope())] == ["b"]
        again = rejected("x", agency_id="a", year=2024, minute=7)
        slow.apply([Recorded(5, again)])
        assert [row.agency_id for row in slow.rejected(Scope())] == ["a"]
