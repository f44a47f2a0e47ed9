"""Which blobs the events name: what must be kept with the history for it to be whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import msgspec

from duban.adapters.embedded.packing import unpack

#: The fields of each event that name a blob; other hashes name no bytes that are kept.
FIELDS: dict[str, tuple[str, ...]] = {
    "report.posted": ("sha256",),
    "report.read": ("sha256", "document_sha256"),
    "report.rejected": ("sha256",),
    "report.withdrawn": ("sha256",),
    "rulebook.released": ("blob_sha256",),
    "calendar.released": ("blob_sha256",),
}


class _Hashes(msgspec.Struct, frozen=True):
    sha256: str | None = None
    document_sha256: str | None = None
    blob_sha256: str | None = None


class _Event(msgspec.Struct, frozen=True):
    name: str
    body: msgspec.Raw


def named_blobs(connection: sqlite3.Connection) -> Iterator[str]:
    """The hashes named by the events of a history, in order, each as often as it is named.

    An event that cannot be read names nothing.
    """
    rows = connection.execute(
        "SELECT packed, body FROM event INDEXED BY event_topic "
        "WHERE topic IN ('posted', 'facts') ORDER BY position"
    )
    for packed, body in rows:
        try:
            event = msgspec.json.decode(unpack(packed, body), type=_Event)
            fields = FIELDS.get(event.name, ())
            hashes = msgspec.json.decode(event.body, type=_Hashes) if fields else None
        except msgspec.MsgspecError:
            continue
        for field in fields:
            named = getattr(hashes, field)
            if named is not None:
                yield named
