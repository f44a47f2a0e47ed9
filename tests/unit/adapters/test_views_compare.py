"""Two files of read models side by side: what is equal, what differs, and the digests of both."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from duban.adapters.embedded import views_export
from duban.adapters.embedded.views_compare import Comparison, compare

Connections = tuple[sqlite3.Connection, sqlite3.Connection]
Row = tuple[str, int, int | None, bytes]
FIRST: Row = ("a", 1, 5, b'{"x":1,"y":2}')
SECOND: Row = ("a", 5, None, b'{"x":2,"y":2}')
THIRD: Row = ("b", 2, None, b'{"x":3,"y":2}')


@pytest.fixture
def connections() -> Iterator[Connections]:
    with closing(sqlite3.connect(":memory:")) as one, closing(sqlite3.connect(":memory:")) as other:
        yield one, other


def compared(
    connections: Connections,
    before: list[Row],
    after: list[Row],
) -> Comparison:
    for connection, rows in zip(connections, (before, after), strict=True):
        connection.execute(
            "CREATE TABLE thing (agency_id TEXT, known_from INTEGER, known_to INTEGER, body BLOB)"
        )
        connection.executemany("INSERT INTO thing VALUES (?, ?, ?, ?)", rows)
    (found,) = compare(*connections)
    for connection, sha256 in zip(
        connections, (found.before_sha256, found.after_sha256), strict=True
    ):
        own = hashlib.sha256()
        for line in views_export.lines(connection, "thing"):
            own.update(line.text + b"\n")
        assert sha256 == own.hexdigest()
    return found


def counts(found: Comparison) -> tuple[int, int, int]:
    return found.missing, found.added, found.changed


def test_equal_files_are_equal_in_whatever_order_they_were_written(
    connections: Connections,
) -> None:
    found = compared(connections, [FIRST, SECOND, THIRD], [THIRD, FIRST, SECOND])

    assert found.is_equal
    assert (found.before, found.after) == (3, 3)


def test_a_document_that_is_only_spelled_otherwise_is_the_same(connections: Connections) -> None:
    turned = (*SECOND[:3], b'{"y":2, "x":2}')

    assert compared(connections, [FIRST, SECOND, THIRD], [FIRST, turned, THIRD]).is_equal


def test_a_changed_document_between_equal_ones_is_told_as_each_side_has_it(
    connections: Connections,
) -> None:
    changed = (*SECOND[:3], b'{"x":9,"y":2}')

    found = compared(connections, [FIRST, SECOND, THIRD], [FIRST, changed, THIRD])

    assert not found.is_equal
    assert counts(found) == (0, 0, 1)
    (first,) = found.first
    assert [first.before, first.after] == [_text(2), _text(9)]


def test_what_one_side_lacks_is_told_and_the_rest_is_equal(connections: Connections) -> None:
    assert counts(compared(connections, [FIRST, SECOND], [SECOND, THIRD])) == (1, 1, 0)


def _text(x: int) -> str:
    body = f'"body":{{"x":{x},"y":2}}'
    return f'{{"agency_id":"a",{body},"kind":"thing","known_from":5,"known_to":null}}'
