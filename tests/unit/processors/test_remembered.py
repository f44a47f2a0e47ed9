"""Reports are remembered as they were read, in the shape of this version or of one before."""

from __future__ import annotations

import msgspec
import pytest

from duban.domain.report import Cell, Report
from duban.processors.remembered import Text
from duban.testing.reports import build


def _stored(text: Text) -> Text:
    return msgspec.json.decode(msgspec.json.encode(text), type=Text)


def test_a_report_comes_back_as_it_was_read() -> None:
    report = build()

    assert _stored(Text.of(report)).whole() == report


def test_a_report_without_a_table_comes_back_without_it() -> None:
    report = build()
    tables = {**report.tables, "disputes": None}
    lacking = msgspec.structs.replace(report, tables=tables)

    assert _stored(Text.of(lacking)).whole() == lacking


def test_a_report_whose_rows_bear_labels_of_any_kind_comes_back_too() -> None:
    report = build()
    table = report.tables["applications"]
    assert table is not None
    cells = {**table.cells, "results.other.sub[本级 及|下属].total": Cell("number", "3", 3)}
    tables = {**report.tables, "applications": msgspec.structs.replace(table, cells=cells)}
    odd = msgspec.structs.replace(report, tables=tables)

    assert _stored(Text.of(odd)).whole() == odd


def test_what_an_earlier_version_stored_is_read() -> None:
    report = build()
    stored = msgspec.json.encode({"report": report})

    assert msgspec.json.decode(stored, type=Text).whole() == report


def test_it_takes_half_the_room() -> None:
    report = build()

    assert 2 * len(msgspec.json.encode(Text.of(report))) < len(msgspec.json.encode(report))


def test_nothing_at_all_is_no_report() -> None:
    with pytest.raises(KeyError):
        Text().whole()


def test_an_earlier_version_cannot_take_it_for_a_report_without_cells() -> None:
    class Earlier(msgspec.Struct, frozen=True):
        report: Report

    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode(Text.of(build())), type=Earlier)
