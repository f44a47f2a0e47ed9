"""The numbers of documents tell year and agency, and put the newest year first."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from duban.adapters.embedded import document


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as made:
        made.execute("CREATE VIRTUAL TABLE words USING fts5 (text, content = '')")
        made.execute(
            "CREATE TABLE agency_number (number INTEGER PRIMARY KEY, agency_id TEXT UNIQUE)"
        )
        yield made


def test_a_number_holds_year_and_agency(connection: sqlite3.Connection) -> None:
    numbers = {
        (agency, year): document.add(connection, agency, year, None, "")
        for year in (2008, 2023, 2024)
        for agency in ("b", "a")
    }

    assert sorted(numbers, key=numbers.__getitem__) == [
        ("b", 2024), ("a", 2024), ("b", 2023), ("a", 2023), ("b", 2008), ("a", 2008),
    ]  # fmt: skip
    for (agency, year), number in numbers.items():
        first, last = document.bounds(year)
        assert first <= number <= last
        assert document.year_of(number) == year
        assert document.agency_of(number) == {"b": 1, "a": 2}[agency]
        told = f"SELECT {document.YEAR_SQL.format('?1')}, {document.AGENCY_SQL.format('?1')}"
        assert connection.execute(told, (number,)).fetchone() == (
            year,
            document.agency_of(number),
        )


def test_changed_words_keep_year_and_agency(connection: sqlite3.Connection) -> None:
    first = document.add(connection, "a", 2024, None, "")

    second = document.add(connection, "a", 2024, first, "")

    assert second != first
    assert document.year_of(second) == 2024
    assert document.agency_of(second) == document.agency_of(first)
