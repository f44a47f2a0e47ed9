"""Saved searches: documents in rows, for looking into and for export."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from duban.kibana.condition import SHOWN, Condition, Json, filter_pill
from duban.kibana.packed import as_text
from duban.kibana.panel import Source
from duban.kibana.pinned import CORE_MIGRATION, TYPE_MIGRATION

_INDEX = "kibanaSavedObjectMeta.searchSourceJSON.index"


class SavedSearch(msgspec.Struct, frozen=True, kw_only=True):
    """Columns of the documents of a data view that meet all conditions, newest first by `sort`."""

    key: str
    title: str
    english: str
    view: str
    columns: tuple[str, ...]
    sort: str
    where: tuple[Condition, ...] = SHOWN

    @property
    def id(self) -> str:
        """The id under which Kibana keeps it."""
        return f"duban-search-{self.key}"


def write_search(search: SavedSearch, sources: Mapping[str, Source]) -> Json:
    """The search as a saved object."""
    view = sources[search.view].id
    names = [_filter_name(number) for number in range(len(search.where))]
    pills = [
        filter_pill(condition, name) for condition, name in zip(search.where, names, strict=True)
    ]
    for pill, name in zip(pills, names, strict=True):
        meta = pill["meta"]
        assert isinstance(meta, dict)
        del meta["index"]
        meta["indexRefName"] = name
    source = {
        "filter": pills,
        "indexRefName": _INDEX,
        "query": {"language": "kuery", "query": ""},
    }
    return {
        "attributes": {
            "columns": list(search.columns),
            "description": search.english,
            "grid": {},
            "hideChart": True,
            "isTextBasedQuery": False,
            "kibanaSavedObjectMeta": {"searchSourceJSON": as_text(source)},
            "sort": [[search.sort, "desc"]],
            "timeRestore": False,
            "title": search.title,
        },
        "coreMigrationVersion": CORE_MIGRATION,
        "id": search.id,
        "references": [
            {"id": view, "name": name, "type": "index-pattern"} for name in (_INDEX, *names)
        ],
        "type": "search",
        "typeMigrationVersion": TYPE_MIGRATION["search"],
    }


def _filter_name(number: int) -> str:
    return f"kibanaSavedObjectMeta.searchSourceJSON.filter[{number}].meta.index"
