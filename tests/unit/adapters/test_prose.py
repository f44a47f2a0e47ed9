"""Readings are decoded without their tables for the index, and just so otherwise."""

from __future__ import annotations

import msgspec
import pytest

from duban.adapters.embedded import prose
from duban.domain import event as events
from duban.domain.event import ReportRead
from duban.domain.form import Regime
from duban.domain.place import Place
from duban.domain.report import Cell, Table
from duban.errors import EventError
from duban.testing.events import checked, read, registered, rejected


def test_a_reading_keeps_what_is_searched_and_loses_its_tables() -> None:
    fact = read("a", 2024, "收到申请", "按时答复", url="http://h/1")
    body = fact.body
    assert isinstance(body, ReportRead)
    regime: Regime = "R2021"
    report = msgspec.structs.replace(
        body.report,
        regime=regime,
        published_on="2025-01-20",
        tables={
            "applications": Table(
                name="applications",
                at=Place(),
                cells={"total": Cell(kind="number", raw="3", value=3)},
            )
        },
    )
    fact = msgspec.structs.replace(fact, body=msgspec.structs.replace(body, report=report))

    light = prose.decode(events.encode(fact))

    assert (light.id, light.key, light.at, light.cause) == (fact.id, fact.key, fact.at, fact.cause)
    assert isinstance(light.body, ReportRead)
    assert light.body.report.tables == {}
    assert light.body.report.published_on == "2025-01-20"
    assert prose.searchable(light.body.report) == prose.searchable(report)
    assert prose.told(events.encode(fact)) == prose.searchable(report) != ""
    for name in ("posted_id", "sha256", "media", "agency_id", "year", "url", "document_sha256"):
        assert getattr(light.body, name) == getattr(fact.body, name)


@pytest.mark.parametrize("fact", [registered("a"), checked("a"), rejected("scan")])
def test_any_other_event_is_decoded_whole(fact: events.Event) -> None:
    assert prose.decode(events.encode(fact)) == fact
    assert prose.told(events.encode(fact)) == ""


@pytest.mark.parametrize(
    ("right", "wrong", "sentence"),
    [
        (b'"version":1', b'"version":9', "请升级 duban"),
        (b'"sha256":', b'"sha257":', "无法解读"),
        (b'"passages":[', b'"passages":[7,', "无法解读"),
    ],
)
def test_what_the_log_cannot_read_is_told_as_the_log_tells_it(
    right: bytes, wrong: bytes, sentence: str
) -> None:
    data = events.encode(read("a", 2024, "收到申请"))
    assert right in data

    with pytest.raises(EventError, match=sentence):
        prose.decode(data.replace(right, wrong, 1))
    if right != b'"sha256":':  # nothing of what is not shown is looked at
        with pytest.raises(EventError, match=sentence):
            prose.told(data.replace(right, wrong, 1))
