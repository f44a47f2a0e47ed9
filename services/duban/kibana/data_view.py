"""Data views: what an index holds, and what its fields and codes are called in Chinese."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from duban.kibana.condition import Json
from duban.kibana.packed import as_text
from duban.kibana.pinned import CORE_MIGRATION, TYPE_MIGRATION


class DataView(msgspec.Struct, frozen=True, kw_only=True):
    """A data view over the alias of one index.

    It has no field of time on purpose: with one, Kibana would count only what lies within the
    time range chosen on the page, fifteen minutes at first. `labels` name the fields, `words`
    translate the codes in a field; `years` are printed without a comma, `days` without an hour;
    `hidden` fields are not shown among those of a document.
    """

    key: str
    name: str
    index: str
    types: Mapping[str, str]
    labels: Mapping[str, str] = msgspec.field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = msgspec.field(default_factory=dict)
    years: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The id under which Kibana keeps it."""
        return f"duban-view-{self.key}"


def write_view(view: DataView) -> Json:
    """The data view as a saved object."""
    labels = {name: {"customLabel": label} for name, label in view.labels.items()}
    return {
        "attributes": {
            "allowHidden": False,
            "fieldAttrs": as_text(labels),
            "fieldFormatMap": as_text(_formats(view)),
            "fields": "[]",
            "name": view.name,
            "runtimeFieldMap": "{}",
            "sourceFilters": as_text([{"value": name} for name in view.hidden]),
            "title": view.index,
        },
        "coreMigrationVersion": CORE_MIGRATION,
        "id": view.id,
        "references": [],
        "type": "index-pattern",
        "typeMigrationVersion": TYPE_MIGRATION["index-pattern"],
    }


def _formats(view: DataView) -> Json:
    lookups = {field: _lookup(words) for field, words in view.words.items()}
    years = {field: {"id": "number", "params": {"pattern": "0"}} for field in view.years}
    days = {field: {"id": "date", "params": {"pattern": "YYYY-MM-DD"}} for field in view.days}
    return {**lookups, **years, **days}


def _lookup(words: Mapping[str, str]) -> Json:
    entries = [{"key": key, "value": value} for key, value in words.items()]
    return {"id": "static_lookup", "params": {"lookupEntries": entries}}
