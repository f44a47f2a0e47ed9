"""Each panel's query, over a real Elasticsearch, gives the figures of our own pages."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

pytest.importorskip("elasticsearch")

from elasticsearch import Elasticsearch
from tests.stack.kibana_expected import EXPECTED, Pages, Row
from tests.stack.kibana_office import Office

from duban.adapters.elastic.elastic_index import ElasticIndex
from duban.config import ElasticSettings
from duban.domain.view import Scope
from duban.kibana import catalogue
from duban.kibana.panel import ChartPanel, SearchPanel
from duban.kibana.pinned import part_id
from duban.kibana.rule import Rule, rule_body
from duban.ports import SetAside
from duban.testing.lens import LensPanel, lens_panels, query_of, request, rows

BOARDS = {
    board.key: (board, made)
    for board in catalogue.boards()
    for made in catalogue.objects("duban-")
    if made["id"] == f"duban-{board.key}"
}
PANELS: dict[str, LensPanel] = {
    f"{key}/{panel.key}": drawn
    for key, (board, made) in BOARDS.items()
    for panel in board.panels
    for drawn in lens_panels(made)
    if isinstance(panel, ChartPanel) and drawn.index == part_id(key, panel.key)
}
SEARCHES = [one for one in catalogue.objects("duban-") if one["type"] == "search"]


class Filled:
    """Our own pages and the indices, filled with the same history."""

    def __init__(self, client: Elasticsearch, prefix: str, pages: Pages) -> None:
        self.client = client
        self.prefix = prefix
        self.pages = pages

    def ask(self, view: str, body: dict[str, Any]) -> dict[str, Any]:
        """What Elasticsearch answers to a search behind a data view."""
        index = f"{self.prefix}{view.removeprefix('duban-view-')}"
        return self.client.search(index=index, **body).body


@pytest.fixture(scope="module")
def filled(elastic: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    prefix = f"t{uuid.uuid4().hex[:10]}-"
    office = Office(tmp_path_factory.mktemp("kibana") / "data")
    with closing(office.store), Elasticsearch(elastic) as client:
        try:
            office.live()
            fill(ElasticSettings(url=elastic, prefix=prefix), office)
            yield Filled(client, prefix, Pages(office.store.index, office.history()))
        finally:
            made = client.indices.get(index=f"{prefix}*")
            if made.body:
                client.indices.delete(index=list(made.body))


def fill(settings: ElasticSettings, office: Office) -> None:
    """Take the history of an office into the indices, and what it set aside."""
    history = office.history()
    with ElasticIndex(settings) as index:
        index.prepare()
        for begin in range(0, len(history), 50):
            index.apply(history[begin : begin + 50])
        for one in office.store.index.aside(Scope()):
            row = SetAside(one.position, one.key, one.event_id, one.cause)
            index.set_aside(row, unit=one.unit, name=one.name, at=one.at)
        index.show()


def in_order(found: list[Row]) -> list[str]:
    return sorted(
        json.dumps({name: _plain(value) for name, value in row.items()}, sort_keys=True)
        for row in found
    )


def _plain(value: object) -> object:
    """Sums of Elasticsearch are always floating."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def shown(panel: LensPanel, answer: dict[str, Any]) -> list[Row]:
    """The rows of a panel; of groups along time, only those that are not empty."""
    found = rows(panel, answer)
    if any(column["operationType"] == "date_histogram" for _, column in panel.groups):
        labels = [column["label"] for _, column in panel.measures]
        found = [row for row in found if any(row[label] for label in labels)]
    return found


@pytest.mark.parametrize("name", PANELS)
def test_a_panel_shows_the_figures_of_our_own_pages(filled: Filled, name: str) -> None:
    panel = PANELS[name]

    found = shown(panel, filled.ask(panel.view, request(panel)))

    assert in_order(found) == in_order(list(EXPECTED[name](filled.pages)))


def test_no_panel_is_left_out_and_none_compares_nothing_with_nothing(filled: Filled) -> None:
    assert EXPECTED.keys() == PANELS.keys()
    empty = [name for name, expected in EXPECTED.items() if not list(expected(filled.pages))]
    zero = [
        name
        for name, expected in EXPECTED.items()
        if not any(value for row in expected(filled.pages) for value in row.values())
    ]
    assert (empty, zero) == ([], [])


def test_the_office_has_every_state_and_a_late_report(filled: Filled) -> None:
    overview = filled.pages.overview

    assert min(getattr(overview.ledger, name) for name in overview.ledger.__struct_fields__) > 0
    assert sum(row.late for row in overview.by_year) > 0
    assert overview.open_errors and overview.rejected and overview.set_aside  # noqa: PT018


@pytest.mark.parametrize("search", SEARCHES, ids=lambda one: str(one["id"]))
def test_a_saved_search_lists_as_many_documents_as_our_pages(
    filled: Filled, search: dict[str, Any]
) -> None:
    source = json.loads(search["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"])
    (view,) = {one["id"] for one in search["references"]}
    body = {
        "query": query_of(source["filter"]),
        "size": 100,
        "sort": [dict([search["attributes"]["sort"][0]])],
        "fields": search["attributes"]["columns"],
        "_source": False,
    }

    answer = filled.ask(view, body)

    pages = filled.pages
    assert (
        answer["hits"]["total"]["value"]
        == {
            "duban-search-reports": len(pages.reports),
            "duban-search-absent": pages.overview.ledger.absent,
            "duban-search-unverified": len(pages.of_state("blocked", "unreadable")),
            "duban-search-findings": len(pages.findings),
            "duban-search-rejected": len(pages.rejected),
            "duban-search-aside": len(pages.aside),
            "duban-search-alerts": len(pages.alerts),
        }[str(search["id"])]
    )
    asked = set(search["attributes"]["columns"])
    told = {name for hit in answer["hits"]["hits"] for name in hit.get("fields", {})}
    assert told <= asked


@pytest.mark.parametrize("rule", catalogue.RULES, ids=lambda one: one.key)
def test_a_rule_speaks_of_what_our_own_pages_know(filled: Filled, rule: Rule) -> None:
    made, _ = rule_body(rule, "connector", catalogue.indices("duban-"))
    params = made["params"]
    assert isinstance(params, dict)
    window = {"gte": "2025-01-01T00:00:00Z", "lte": "2025-03-02T00:00:00Z"}
    body = {
        "query": {
            "bool": {
                "filter": [
                    json.loads(params["esQuery"])["query"],
                    {"range": {params["timeField"]: window}},
                ]
            }
        },
        "sort": [{params["timeField"]: {"order": "desc"}}],
        "size": params["size"],
        "track_total_hits": True,
    }

    answer = filled.ask(rule.view, body)

    told = [one for one in filled.pages.alerts if not one.quiet]
    assert (
        answer["hits"]["total"]["value"]
        == {
            "errors": sum(one.kind == "report" and one.severity == "error" for one in told),
            "absent": sum(one.kind == "absent" for one in told),
            "unreadable": sum(one.kind == "unreadable" for one in told),
            "aside": len(filled.pages.aside),
        }[rule.key]
    )
    assert answer["hits"]["total"]["value"] > 0


def test_every_saved_search_is_on_a_dashboard() -> None:
    used = {
        panel.search
        for board, _ in BOARDS.values()
        for panel in board.panels
        if isinstance(panel, SearchPanel)
    }

    assert used == {str(one["id"]) for one in SEARCHES}
