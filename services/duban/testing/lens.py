"""What Lens asks Elasticsearch for a panel, worked out from the panel as Kibana is given it.

A small reading of its saved state: filters, groups and measures of one layer, and the part of
Kibana's query language that our panels use. Written from the documentation and sources of Lens;
no Kibana was at hand to compare with.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

Row = dict[str, Any]
_OR = "or "
_ONE = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^\s()"]+))\s*')


class LensPanel(msgspec.Struct, frozen=True, kw_only=True):
    """A chart of a dashboard: its key, its data view and its state."""

    title: str
    index: str
    view: str
    state: Mapping[str, Any]
    kind: str

    @property
    def layer(self) -> Mapping[str, Any]:
        """The one layer of the chart."""
        ((_, layer),) = self.state["datasourceStates"]["formBased"]["layers"].items()
        found: Mapping[str, Any] = layer
        return found

    @property
    def groups(self) -> list[tuple[str, Mapping[str, Any]]]:
        """The columns that make groups, from the outside in."""
        return self._columns(bucketed=True)

    @property
    def measures(self) -> list[tuple[str, Mapping[str, Any]]]:
        """The columns that are counted or added up."""
        return self._columns(bucketed=False)

    def _columns(self, *, bucketed: bool) -> list[tuple[str, Mapping[str, Any]]]:
        columns = self.layer["columns"]
        order = [(name, columns[name]) for name in self.layer["columnOrder"]]
        return [(name, one) for name, one in order if one["isBucketed"] is bucketed]


def lens_panels(board: Mapping[str, Any]) -> list[LensPanel]:
    """The charts of a dashboard, as it is imported."""
    found = []
    for panel in json.loads(board["attributes"]["panelsJSON"]):
        if panel["type"] == "lens":
            attributes = panel["embeddableConfig"]["attributes"]
            layers = attributes["state"]["datasourceStates"]["formBased"]["layers"]
            name = f"{panel['panelIndex']}:indexpattern-datasource-layer-{next(iter(layers))}"
            (view,) = {one["id"] for one in board["references"] if one["name"] == name}
            found.append(
                LensPanel(
                    title=panel["title"],
                    index=panel["panelIndex"],
                    view=view,
                    state=attributes["state"],
                    kind=attributes["visualizationType"],
                )
            )
    return found


def request(panel: LensPanel) -> dict[str, Any]:
    """The search that the chart sends."""
    return {
        "size": 0,
        "track_total_hits": True,
        "query": query_of(panel.state["filters"]),
        "aggs": _nested(panel.groups, panel.measures),
    }


def query_of(filters: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The query of a panel's filters, as Kibana joins them."""
    on = [one for one in filters if not one["meta"]["disabled"]]
    return {
        "bool": {
            "filter": [one["query"] for one in on if not one["meta"]["negate"]],
            "must_not": [one["query"] for one in on if one["meta"]["negate"]],
        }
    }


def rows(panel: LensPanel, answer: Mapping[str, Any]) -> list[Row]:
    """What the chart shows: labels of groups and measures with their values.

    Fails where groups were left out, because then a sum over the rows is wrong.
    """
    top = {"doc_count": answer["hits"]["total"]["value"], **answer.get("aggregations", {})}
    return list(_rows(top, panel.groups, panel.measures, {}))


def kql(text: str) -> dict[str, Any]:
    """A condition of Kibana's query language: `field : value`, `field : (a or b)`, `field : *`."""
    if text.startswith("not "):
        return {"bool": {"must_not": [kql(text[4:])]}}
    field, colon, said = text.partition(" : ")
    if not colon:
        raise ValueError(f"not understood: {text}")
    if said == "*":
        return {"exists": {"field": field}}
    is_list = said.startswith("(") and said.endswith(")")
    values = _values(said[1:-1] if is_list else said)
    should = [{"match_phrase": {field: value}} for value in values]
    return {"bool": {"should": should, "minimum_should_match": 1}}


def _values(text: str) -> Iterator[str]:
    """The values that stand between `or`."""
    at = 0
    while (found := _ONE.match(text, at)) is not None:
        yield re.sub(r"\\(.)", r"\1", found[1]) if found[1] is not None else found[2]
        at = found.end()
        if at == len(text):
            return
        if not text.startswith(_OR, at):
            break
        at += len(_OR)
    raise ValueError(f"not understood: {text}")


def _nested(groups: list[Any], measures: list[Any]) -> dict[str, Any]:
    if not groups:
        return {name: agg for name, one in measures if (agg := _measure(one)) is not None}
    (name, outer), *inner = groups
    below = _nested(inner, measures)
    order = dict(measures)
    found = {**_group(outer, order), "aggs": {**_for_order(outer, order), **below}}
    return {name: found}


def _group(column: Mapping[str, Any], measures: Mapping[str, Any]) -> dict[str, Any]:
    params = column["params"]
    if column["operationType"] == "filters":
        named = {one["label"]: kql(one["input"]["query"]) for one in params["filters"]}
        return {"filters": {"filters": named}}
    if column["operationType"] == "date_histogram":
        return {
            "date_histogram": {
                "field": column["sourceField"],
                "calendar_interval": params["interval"],
                "time_zone": "Asia/Shanghai",
                "min_doc_count": 0 if params["includeEmptyRows"] else 1,
            }
        }
    order = "_key"
    if params["orderBy"]["type"] == "column":
        by = params["orderBy"]["columnId"]
        is_count = measures[by]["operationType"] == "count"
        order = "_count" if is_count and "filter" not in measures[by] else by
    terms = {
        "field": column["sourceField"],
        "size": params["size"],
        "shard_size": max(25, params["size"]),
        "order": {order: params["orderDirection"]},
    }
    if params["missingBucket"]:
        terms["missing"] = MISSING
    return {"terms": terms}


def _for_order(column: Mapping[str, Any], measures: Mapping[str, Any]) -> dict[str, Any]:
    order = column["params"].get("orderBy", {}).get("columnId")
    agg = _measure(measures[order]) if order else None
    return {order: agg} if agg is not None else {}


def _measure(column: Mapping[str, Any]) -> dict[str, Any] | None:
    """The aggregation of a measure; a plain count needs none."""
    operation, field = column["operationType"], column["sourceField"]
    if operation == "count":
        return {"filter": kql(column["filter"]["query"])} if "filter" in column else None
    return {
        {"sum": "sum", "max": "max", "unique_count": "cardinality"}[operation]: {"field": field}
    }


MISSING = "__missing__"


def _rows(
    bucket: Mapping[str, Any], groups: list[Any], measures: list[Any], known: Row
) -> Iterator[Row]:
    if not groups:
        yield {**known, **{one["label"]: _read(bucket, name, one) for name, one in measures}}
        return
    (name, column), *inner = groups
    made = bucket[name]
    assert made.get("sum_other_doc_count", 0) == 0, f"groups of {column['label']} left out"
    buckets = made["buckets"]
    listed = buckets.items() if isinstance(buckets, dict) else ((_key(one), one) for one in buckets)
    for key, one in listed:
        yield from _rows(one, inner, measures, {**known, column["label"]: key})


def _key(bucket: Mapping[str, Any]) -> Any:
    return bucket.get("key_as_string", bucket["key"])


def _read(bucket: Mapping[str, Any], name: str, column: Mapping[str, Any]) -> Any:
    if column["operationType"] == "count":
        return bucket[name]["doc_count"] if "filter" in column else bucket["doc_count"]
    return bucket[name].get("value_as_string", bucket[name]["value"])
