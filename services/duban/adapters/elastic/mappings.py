"""The documents of the read models: one index of each kind, and the fields each document has.

A subject (an agency, a report, a finding …) is one document, `current`, that is written over when
the subject changes; what was so before stays as `subject@revision`, from `known_from` until
`known_to`. `shown` is false where the roster does not hold the agency. So what the pages show now
is `current: true AND shown: true`. `agency_id` is in every document and routes it: all of an
agency lies in one shard.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Literal, get_args

import msgspec

from duban.adapters.elastic.fields import (
    BOOLEAN,
    CUT,
    DAY,
    FIGURE,
    INTEGER,
    KEPT,
    KEYWORD,
    LONG,
    PACKED,
    PROSE,
    TIME,
    WORD,
    Field,
    within,
)
from duban.domain import form

Model = Literal[
    "agencies",
    "reports",
    "readings",
    "findings",
    "obligations",
    "pages",
    "alerts",
    "rejected",
    "aside",
    "state",
    "progress",
]
"""The kinds of document, each the name of an index and of its alias:

`agencies`     the roster
`reports`      how each agency's report of each year stands (the coverage ledger)
`readings`     what was read: the figures of the three tables, the text, the whole report
`findings`     one fault each
`obligations`  the duty of an agency for a year
`pages`        the last look at each address
`alerts`       what the office is told of
`rejected`     posted bytes that are no report, cannot be read or cannot be assigned
`aside`        events that could not be handled
`state`        what the indexer remembers of each agency, so that it takes each event once
`progress`     how far the indexer has come
"""
MODELS: tuple[Model, ...] = get_args(Model)
VERSION = 3  # raise it with every change of a mapping: the read models are then built anew

_LIFE: Mapping[str, Field] = {
    "subject": KEYWORD,
    "number": LONG,  # how often the document was written, the external version
    "current": BOOLEAN,
    "known_from": TIME,
    "known_to": TIME,
    "from_us": LONG,  # the same in microseconds since 1970, as questions ask for them
    "to_us": LONG,
    "position": LONG,  # of the event that made it so
    "digest": KEYWORD,  # of a current document: what `canonical` makes of the rest
}
_OF_AGENCY: Mapping[str, Field] = {
    **_LIFE,
    "agency_id": KEYWORD,
    "agency": WORD,  # the name
    "agency_kind": KEYWORD,
    "agency_region": KEYWORD,
    "agency_parent": KEYWORD,  # the supervising agency's id
    "shown": BOOLEAN,
}
_OF_YEAR: Mapping[str, Field] = {**_OF_AGENCY, "year": INTEGER}
_DUTY: Mapping[str, Field] = {
    "stage": KEYWORD,
    "due_on": DAY,
    "opens_on": DAY,
    "gravity": KEYWORD,  # of a delay that is proved
    "posted_from": DAY,  # between these days the report was posted
    "posted_to": DAY,
}


def figure_paths() -> tuple[str, ...]:
    """The cells of the three tables in both forms, as `applications.new_received.total`."""
    rows = (*form.ROWS_2019, *form.ROWS_2021)
    tables = (*form.DISCLOSURE_2019, *form.DISCLOSURE_2021)
    found = {f"applications.{row.field}.{column.field}" for row in rows for column in form.COLUMNS}
    found |= {
        f"disputes.{group.field}.{column.field}"
        for group in form.DISPUTE_GROUPS
        for column in form.DISPUTE_COLUMNS
    }
    found |= {
        f"disclosure.{row.field}.{column.field}"
        for table in tables
        for row in table.rows
        for column in table.columns
    }
    return tuple(sorted(found))


def _figures(paths: Iterable[str]) -> Field:
    below: dict[str, list[str]] = {}
    for path in paths:
        name, _, rest = path.partition(".")
        below.setdefault(name, []).append(rest)
    return within({name: _figures(rest) if any(rest) else FIGURE for name, rest in below.items()})


FIELDS: Mapping[Model, Mapping[str, Field]] = {
    "agencies": {**_OF_AGENCY, "level": KEYWORD, "body": KEPT},
    "reports": {
        **_OF_YEAR,
        **_DUTY,
        "state": KEYWORD,  # one of the seven; absent where nothing is owed and nothing is there
        "is_late": BOOLEAN,
        "errors": INTEGER,
        "warnings": INTEGER,
        "infos": INTEGER,
        "rules": KEYWORD,  # `rule|severity` of each rule with an open finding
        "sha256": KEYWORD,
        "media": KEYWORD,
        "url": WORD,
        "published_on": DAY,
        "posted_at": TIME,
        "reason_code": KEYWORD,
        "reason": WORD,
        "rulebook": KEYWORD,
        "assertions": INTEGER,
        "passed": INTEGER,
        "failed": INTEGER,
        "cannot_tell": INTEGER,
        "not_applicable": INTEGER,
        "standing": KEPT,
    },
    "readings": {
        **_OF_YEAR,
        "stands": BOOLEAN,  # false where it is gone, or unreadable bytes stand in its place
        "title": PROSE,
        "regime": KEYWORD,
        "media": KEYWORD,
        "url": WORD,
        "sha256": KEYWORD,
        "read_at": TIME,
        "figures": _figures(figure_paths()),
        "text": PROSE,
        "words": CUT,  # overlapping pairs of characters, and words of letters and digits
        "body": PACKED,  # the report, as `documents.pack` makes it
    },
    "findings": {
        **_OF_YEAR,
        "fingerprint": KEYWORD,
        "evidence": KEYWORD,
        "revision": LONG,
        "is_open": BOOLEAN,
        "since": TIME,
        "since_us": LONG,
        "rule": KEYWORD,
        "severity": KEYWORD,
        "rank": INTEGER,  # of the severity: 0 is the gravest
        "message": PROSE,
        "message_en": PROSE,
        "told": {"type": "keyword"},  # rule, message and quote, in pieces that fit a term
        "blame": KEYWORD,
        "cells": WORD,
        "basis": WORD,
        "because": KEYWORD,  # why it was resolved
        "sha256": KEYWORD,
        "rulebook": KEYWORD,
        "body": KEPT,
    },
    "obligations": {
        **_OF_YEAR,
        **_DUTY,
        "revision": LONG,
        "basis": WORD,
        "watched": BOOLEAN,
        "working_day_on": DAY,
        "reminder": INTEGER,
        "absent_on": DAY,
        "posted_by": KEYWORD,
        "reason": WORD,
    },
    "pages": {
        **_OF_AGENCY,
        "url": WORD,
        "outcome": KEYWORD,
        "http_status": INTEGER,
        "error": WORD,
        "links": INTEGER,
        "whole": BOOLEAN,
        "announced": INTEGER,
        "unclear": INTEGER,
        "body": KEPT,
    },
    "alerts": {
        **_OF_YEAR,
        "kind": KEYWORD,
        "revision": LONG,
        "is_open": BOOLEAN,
        "severity": KEYWORD,
        "because": KEYWORD,
        "quiet": BOOLEAN,
        "since": TIME,
        "lines": INTEGER,
        "rules": KEYWORD,
        "message": PROSE,
        "url": WORD,
        "due_on": DAY,
        "body": KEPT,
    },
    "rejected": {
        **_LIFE,
        "agency_id": KEYWORD,
        "year": INTEGER,
        "sha256": KEYWORD,
        "settled": BOOLEAN,  # read since
        "status": KEYWORD,
        "reason_code": KEYWORD,
        "reason": WORD,
        "media": KEYWORD,
        "url": WORD,
        "title": WORD,
        "body": KEPT,
    },
    "aside": {
        **_LIFE,
        "key": KEYWORD,
        "event_id": KEYWORD,
        "name": KEYWORD,
        "unit": KEYWORD,
        "cause": PROSE,
    },
    "state": {"number": LONG, "data": KEPT},
    "progress": {"topic": KEYWORD, "lane": INTEGER, "position": LONG, "at_us": LONG},
}
#: What is searched and never shown; it follows from the text and is not kept beside it.
DERIVED: Mapping[Model, tuple[str, ...]] = {"readings": ("words",)}


def mapping(model: Model) -> dict[str, Any]:
    """The strict mapping of an index, as it is put."""
    declared: dict[str, Any] = {
        "dynamic": "strict",
        "_meta": {"duban": {"model": model, "version": VERSION}},
        "properties": dict(FIELDS[model]),
    }
    if model in DERIVED:  # a document is read whole before a field of it is shown
        declared["_source"] = {"excludes": list(DERIVED[model])}
    return declared


def digest() -> str:
    """What tells one set of mappings from another."""
    wanted = {model: mapping(model) for model in MODELS}
    return hashlib.sha256(msgspec.json.encode(wanted, order="sorted")).hexdigest()[:16]


def alias(prefix: str, model: Model) -> str:
    """The name under which an index is read: by the pages and by Kibana."""
    return f"{prefix}{model}"


def index_name(prefix: str, model: Model, generation: int) -> str:
    """The index itself; a rebuild makes the next generation beside the one that is read."""
    return f"{prefix}{model}-{generation:06d}"
