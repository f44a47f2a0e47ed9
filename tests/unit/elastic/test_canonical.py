"""The checksum of a document is the same from the event and from the index, and tells all else."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from tests.unit.elastic.test_fold import folded

from duban.adapters.elastic import canonical
from duban.adapters.elastic.operations import operations_of
from duban.domain.event import Event
from duban.testing.events import checked, due, read, registered
from duban.testing.ledger import duty

EVENTS: list[tuple[int, Event]] = [
    (1, registered("a")),
    (2, read("a", 2024, "一二三", "45 件", minute=1)),
    (3, checked("a", minute=2)),
    (4, due("a", duty(2024, "absent"), minute=3)),
]


def written() -> list[dict[str, Any]]:
    """The current documents as they are sent."""
    return [
        json.loads(one.source)
        for subject, made in folded(EVENTS).changes.of.items()
        for one in operations_of("i", subject, made, None)
        if "@" not in one.id
    ]


def test_what_the_index_gives_back_has_the_checksum_that_was_written() -> None:
    for source in written():
        assert source["digest"] == canonical.digest(source)
        again = {**source, "digest": None, "words": None}
        assert canonical.digest(again) == source["digest"]


def test_how_often_a_document_was_written_is_no_difference_and_everything_else_is() -> None:
    for source in written():
        assert canonical.digest({**source, "number": 99, "position": 99}) == source["digest"]
        for name in source.keys() - {"number", "position", "digest", "words"}:
            assert canonical.digest({**source, name: "另"}) != source["digest"], name


def test_since_when_one_was_heard_of_who_is_not_shown_is_no_difference() -> None:
    (agency,) = [one for one in written() if one["subject"] == "a"]
    hidden = {**agency, "shown": False}

    assert canonical.digest({**hidden, "from_us": 1}) == canonical.digest(hidden)
    assert canonical.digest({**agency, "from_us": 1}) != canonical.digest(agency)


@pytest.mark.parametrize("current", [True, False])
def test_only_what_is_current_is_compared(current: bool) -> None:
    source = msgspec.json.decode(canonical.source({"current": current, "digest": "old", "a": None}))

    assert ("digest" in source) is current
    assert source.get("digest") != "old"
    assert "a" not in source
