"""Rows that keep from when until when they were so; nothing is ever deleted."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any, NamedTuple

from duban.adapters.embedded.moment import micros
from duban.ports import Recorded


class Row(NamedTuple):
    """The version of a row that is so now: since which event and time, and what was asked for."""

    rowid: int
    known_from: int
    from_us: int
    values: tuple[Any, ...]


def current(
    connection: sqlite3.Connection, table: str, columns: str, identity: Mapping[str, Any]
) -> Row | None:
    """The version that is so now, or None where there is no such row."""
    where = " AND ".join([f"{name} = ?" for name in identity])
    row = connection.execute(
        f"SELECT rowid, known_from, from_us, {columns} FROM {table} "  # noqa: S608 - names of our own tables
        f"WHERE {where} AND to_us IS NULL",
        tuple(identity.values()),
    ).fetchone()
    return Row(row[0], row[1], row[2], row[3:]) if row else None


def supersede(
    connection: sqlite3.Connection,
    table: str,
    identity: Mapping[str, Any],
    before: Row | None,
    recorded: Recorded,
    values: Mapping[str, Any],
) -> None:
    """Let the row be so from the event on.

    What was so for no time at all (an event and what follows from it bear the same time) is
    written over, so that one answer stands for each moment; a clock set back never makes a row
    end before it began.
    """
    at_us = micros(recorded.event.at)
    if before is not None and at_us <= before.from_us:
        sets = ", ".join([f"{name} = ?" for name in ("known_from", *values)])
        known_from = max(before.known_from, recorded.position)
        connection.execute(
            f"UPDATE {table} SET {sets} WHERE rowid = ?",  # noqa: S608 - as above
            (known_from, *values.values(), before.rowid),
        )
        return
    if before is not None:
        connection.execute(
            f"UPDATE {table} SET known_to = ?, to_us = ? WHERE rowid = ?",  # noqa: S608 - as above
            (recorded.position, at_us, before.rowid),
        )
    columns = {**identity, "known_from": recorded.position, "from_us": at_us, **values}
    connection.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",  # noqa: S608 - as above
        tuple(columns.values()),
    )
