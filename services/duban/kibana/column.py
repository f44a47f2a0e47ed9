"""Groups and measures as columns of a layer of Lens."""

from __future__ import annotations

from collections.abc import Mapping

from duban.kibana.condition import Json, kql
from duban.kibana.figure import Cases, Count, Different, Each, Every, Figure, Group, Latest, Measure

RECORDS = "___records___"


def group_id(number: int) -> str:
    """The id of a group's column within its layer."""
    return f"group-{number}"


def measure_id(number: int) -> str:
    """The id of a measure's column within its layer."""
    return f"measure-{number}"


def layer(figure: Figure, types: Mapping[str, str]) -> Json:
    """The layer of a figure; `types` are the types of the index's fields."""
    columns: dict[str, Json] = {}
    for number, group in enumerate(figure.groups):
        columns[group_id(number)] = _group(group, types)
    for number, measure in enumerate(figure.measures):
        columns[measure_id(number)] = _measure(measure)
    return {
        "columnOrder": list(columns),
        "columns": columns,
        "ignoreGlobalFilters": figure.apart,
        "incompleteColumns": {},
        "sampling": 1,
    }


def _group(group: Group, types: Mapping[str, str]) -> Json:
    if isinstance(group, Cases):
        cases = [
            {"input": {"language": "kuery", "query": kql(case.of)}, "label": case.label}
            for case in group.cases
        ]
        return {
            **_bucketed(group.label, "string", "ordinal", "filters"),
            "params": {"filters": cases},
        }
    if isinstance(group, Every):
        return {
            **_bucketed(group.label, "date", "interval", "date_histogram"),
            "params": {"dropPartials": False, "includeEmptyRows": True, "interval": group.span},
            "sourceField": group.field,
        }
    kind = {"keyword": "string", "boolean": "boolean"}.get(types[group.field], "number")
    return {
        **_bucketed(group.label, kind, "ordinal", "terms"),
        "params": _terms(group),
        "sourceField": group.field,
    }


def _terms(group: Each) -> Json:
    order: Json = {"columnId": measure_id(0), "type": "column"}
    if group.by_key is not None:
        order = {"fallback": False, "type": "alphabetical"}
    return {
        "exclude": [],
        "excludeIsRegex": False,
        "include": [],
        "includeIsRegex": False,
        "missingBucket": group.missing,
        "orderBy": order,
        "orderDirection": "asc" if group.by_key == "ascending" else "desc",
        "otherBucket": True,
        "parentFormat": {"id": "terms"},
        "size": group.most,
    }


def _bucketed(label: str, kind: str, scale: str, operation: str) -> Json:
    return {
        "customLabel": True,
        "dataType": kind,
        "isBucketed": True,
        "label": label,
        "operationType": operation,
        "scale": scale,
    }


def _measure(measure: Measure) -> Json:
    made: Json = {
        "customLabel": True,
        "dataType": "number",
        "isBucketed": False,
        "label": measure.label,
        "scale": "ratio",
    }
    if isinstance(measure, Count):
        made |= {
            "operationType": "count",
            "params": {"emptyAsNull": False},
            "sourceField": RECORDS,
        }
        if measure.only is not None:
            made["filter"] = {"language": "kuery", "query": kql(measure.only)}
        return made
    if isinstance(measure, Latest):
        made |= {"dataType": "date", "operationType": "max", "params": {"emptyAsNull": True}}
    elif isinstance(measure, Different):
        made |= {"operationType": "unique_count", "params": {"emptyAsNull": False}}
    else:
        made |= {"operationType": "sum", "params": {"emptyAsNull": False}}
    return made | {"sourceField": measure.field}
