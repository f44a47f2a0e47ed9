"""The canonical text of the read models: every document as one line of JSON, in a fixed order.

Documents are ordered by what they are about and since when they hold, keys by name; nothing of it
tells in which order, or by which program run, they were written. Two files of read models are
equal when their texts are.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from typing import Any

import msgspec

# How far the file has come is of the file, not of a document; what the full text holds is told by
# its vocabulary.
_NO_DOCUMENTS = ("progress", "words")
_ENDS = "known_to"  # the columns before it say what a row is about, and since when

Key = tuple[tuple[bool, Any], ...]


class Line(msgspec.Struct, frozen=True):
    """One document: its kind, its place in the order of the kind, and its text."""

    kind: str
    key: Key
    text: bytes


class Digest(msgspec.Struct, frozen=True):
    """How many documents of a kind there are, and the SHA-256 of their lines."""

    documents: int
    sha256: str


def position(connection: sqlite3.Connection) -> int:
    """Up to which event the read models know the history."""
    return int(connection.execute("SELECT position FROM progress").fetchone()[0])


def kinds(connection: sqlite3.Connection) -> list[str]:
    """The kinds of document there are, by name."""
    rows = connection.execute("PRAGMA main.table_list").fetchall()
    tables = {name for _, name, type_, *_ in rows if type_ in ("table", "virtual")}
    return sorted(name for name in tables if name not in _NO_DOCUMENTS and "sqlite_" not in name)


class Said:
    """The row that was last made a line of, and the line."""

    def __init__(self) -> None:
        self.row: tuple[Any, ...] | None = None
        self.line = Line("", (), b"")


def lines(connection: sqlite3.Connection, kind: str, said: Said | None = None) -> Iterator[Line]:
    """The documents of one kind in order; memory does not grow with their number.

    Two files that are walked side by side share `said`: of equal rows one line is made.
    """
    said = said or Said()
    names = [row[1] for row in connection.execute(f"PRAGMA main.table_info({kind})")]
    about = names.index(_ENDS) if _ENDS in names else 1
    columns = ", ".join(names)
    for row in connection.execute(f"SELECT {columns} FROM main.{kind} ORDER BY {columns}"):  # noqa: S608 - our own names
        if row != said.row:
            document = {name: _plain(value) for name, value in zip(names, row, strict=True)}
            said.line = Line(kind, _key(row[:about]), _text({"kind": kind, **document}))
            said.row = row
        yield said.line


def digest(connection: sqlite3.Connection, kind: str) -> Digest:
    """The documents of one kind, summed up."""
    count, hashed = 0, hashlib.sha256()
    for line in lines(connection, kind):
        count += 1
        hashed.update(line.text + b"\n")
    return Digest(count, hashed.hexdigest())


def _key(values: tuple[Any, ...]) -> Key:
    return tuple((value is not None, value) for value in values)


def _plain(value: Any) -> Any:
    return msgspec.json.decode(value) if isinstance(value, bytes) else value


def _text(document: dict[str, Any]) -> bytes:
    return msgspec.json.encode(document, order="sorted")
