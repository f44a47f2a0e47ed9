"""The texts of reports in the full text: their numbers, and which of them may be found now.

A number holds year, agency and how often the words changed, so that hits come newest year first
and are told apart by year and agency without looking at anything else.
"""

from __future__ import annotations

import sqlite3

_AGENCY_BITS = 20
_CHANGE_BITS = 20
_YEAR_SHIFT = _AGENCY_BITS + _CHANGE_BITS
_LAST_YEAR = 9999

#: The agency's own number, and the year, in the number of a document, as SQL over `{0}`.
AGENCY_SQL = f"(({{0}} >> {_CHANGE_BITS}) & {(1 << _AGENCY_BITS) - 1})"
YEAR_SQL = f"({_LAST_YEAR} - ({{0}} >> {_YEAR_SHIFT}))"


def add(
    connection: sqlite3.Connection, agency_id: str, year: int, before: int | None, words: str
) -> int:
    """Take in the words of a report; `before` is the document that stood for it, if any."""
    if before is None:
        first, _ = bounds(year)
        number = first | _agency_number(connection, agency_id) << _CHANGE_BITS
    else:
        number = before + 1
    connection.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (number, words))
    return number


def bounds(year: int) -> tuple[int, int]:
    """The first and last number that a document of the year may have."""
    first = (_LAST_YEAR - year) << _YEAR_SHIFT
    return first, first + (1 << _YEAR_SHIFT) - 1


def year_of(number: int) -> int:
    """The year of a document."""
    return _LAST_YEAR - (number >> _YEAR_SHIFT)


def agency_of(number: int) -> int:
    """The own number of a document's agency."""
    return number >> _CHANGE_BITS & (1 << _AGENCY_BITS) - 1


def exchange(
    connection: sqlite3.Connection, agency_id: str, before: int | None, now: int | None
) -> None:
    """Another document stands for the report from now on, or none."""
    if before == now:
        return
    if before is not None:
        _forget(connection, before)
    if now is None:
        return
    shown = connection.execute(
        "SELECT 1 FROM agency WHERE agency_id = ? AND to_us IS NULL AND removed = 0", (agency_id,)
    ).fetchone()
    if shown:
        connection.execute("DELETE FROM stale WHERE document = ?", (now,))
    else:
        _forget(connection, now)


def hide(connection: sqlite3.Connection, agency_id: str) -> None:
    """None of the agency's documents is found any more."""
    for number in _standing(connection, agency_id):
        _forget(connection, number)


def show(connection: sqlite3.Connection, agency_id: str) -> None:
    """The agency's documents are found again."""
    for number in _standing(connection, agency_id):
        connection.execute("DELETE FROM stale WHERE document = ?", (number,))


def _forget(connection: sqlite3.Connection, number: int) -> None:
    connection.execute("INSERT OR IGNORE INTO stale VALUES (?)", (number,))


def _standing(connection: sqlite3.Connection, agency_id: str) -> list[int]:
    rows = connection.execute(
        "SELECT document FROM report "
        "WHERE agency_id = ? AND to_us IS NULL AND document IS NOT NULL",
        (agency_id,),
    ).fetchall()
    return [row[0] for row in rows]


def _agency_number(connection: sqlite3.Connection, agency_id: str) -> int:
    connection.execute("INSERT OR IGNORE INTO agency_number (agency_id) VALUES (?)", (agency_id,))
    row = connection.execute(
        "SELECT number FROM agency_number WHERE agency_id = ?", (agency_id,)
    ).fetchone()
    return int(row[0])
