"""What the panels, searches and rules ask for is what the index has."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest

from duban.kibana import catalogue
from duban.kibana.condition import fields
from duban.kibana.figure import Cases, Count, Each, Every, Figure, Latest, Total
from duban.kibana.panel import ChartPanel
from duban.kibana.rule import rule_id
from duban.kibana.searches import SEARCHES
from duban.kibana.views import VIEWS, field_types, views

ROOT = Path(__file__).parents[3]
COUNTED = {"keyword", "boolean", "integer", "long", "double", "date"}
FIGURES = {
    f"{board.key}/{panel.key}": panel.figure
    for board in catalogue.boards()
    for panel in board.panels
    if isinstance(panel, ChartPanel)
}


@pytest.mark.parametrize("figure", FIGURES.values(), ids=FIGURES)
def test_every_field_of_a_panel_is_in_the_index_and_can_be_counted(figure: Figure) -> None:
    types = field_types(figure.view)  # type: ignore[arg-type]

    assert {
        name: types.get(name) for name in figure.fields() if types.get(name) not in COUNTED
    } == {}


@pytest.mark.parametrize("figure", FIGURES.values(), ids=FIGURES)
def test_sums_are_of_numbers_and_times_are_times(figure: Figure) -> None:
    types = field_types(figure.view)  # type: ignore[arg-type]
    for measure in figure.measures:
        if isinstance(measure, Total):
            assert types[measure.field] in ("integer", "long", "double")
        if isinstance(measure, Latest):
            assert types[measure.field] == "date"
    for group in figure.groups:
        if isinstance(group, Every):
            assert types[group.field] == "date"


@pytest.mark.parametrize("figure", FIGURES.values(), ids=FIGURES)
def test_groups_ordered_by_their_size_count_all_documents_first(figure: Figure) -> None:
    by_size = any(isinstance(one, Each) and one.by_key is None for one in figure.groups)

    assert not by_size or (
        isinstance(figure.measures[0], Count) and figure.measures[0].only is None
    )


@pytest.mark.parametrize("figure", FIGURES.values(), ids=FIGURES)
def test_a_panel_shows_only_what_is_so_now(figure: Figure) -> None:
    wanted = {"current", "shown"} & field_types(figure.view).keys()  # type: ignore[arg-type]

    assert wanted <= {name for condition in figure.where for name in fields(condition)}


@pytest.mark.parametrize("board", catalogue.boards(), ids=lambda one: one.key)
def test_a_control_filters_a_field_that_every_panel_has_or_stands_apart_from(board: object) -> None:
    for control in board.controls:  # type: ignore[attr-defined]
        assert field_types(control.view)[control.field] in COUNTED
        for panel in board.panels:  # type: ignore[attr-defined]
            if isinstance(panel, ChartPanel) and not panel.figure.apart:
                known = field_types(panel.figure.view)  # type: ignore[arg-type]
                assert control.field in known, (panel.key, control.field)


@pytest.mark.parametrize("search", SEARCHES, ids=lambda one: one.key)
def test_a_search_shows_fields_that_the_index_has(search: object) -> None:
    types = field_types(search.view)  # type: ignore[attr-defined]
    asked = {name for condition in search.where for name in fields(condition)}  # type: ignore[attr-defined]

    assert {*search.columns, search.sort, *asked} <= types.keys()  # type: ignore[attr-defined]
    assert types[search.sort] in COUNTED  # type: ignore[attr-defined]


@pytest.mark.parametrize("rule", catalogue.RULES, ids=lambda one: one.key)
def test_a_rule_asks_for_fields_that_the_index_has(rule: object) -> None:
    types = field_types(rule.view)  # type: ignore[attr-defined]

    assert types[rule.moment] == "date"  # type: ignore[attr-defined]
    assert {name for one in rule.where for name in fields(one)} <= types.keys()  # type: ignore[attr-defined]
    assert uuid.UUID(rule_id(rule)).version == 4  # type: ignore[arg-type]


def test_a_data_view_names_only_fields_it_has_and_no_field_of_time() -> None:
    for view in views("duban-"):
        assert view.labels.keys() | view.words.keys() <= view.types.keys()
        assert view.index == f"duban-{view.key}"
    assert "timeFieldName" not in json.dumps(catalogue.objects("duban-"))


def test_years_have_no_comma_and_days_no_hour() -> None:
    attributes = {one["id"]: one["attributes"] for one in catalogue.objects("duban-")}
    reports = json.loads(attributes["duban-view-reports"]["fieldFormatMap"])  # type: ignore[index]

    assert reports["year"] == {"id": "number", "params": {"pattern": "0"}}
    assert reports["due_on"] == {"id": "date", "params": {"pattern": "YYYY-MM-DD"}}
    assert "posted_at" not in reports


def test_figures_are_named_by_row_and_column() -> None:
    view = next(one for one in views("duban-") if one.key == "readings")

    assert view.labels["figures.applications.results.granted.total"] == (
        "“（一）予以公开”行“总计”列"
    )


def test_every_state_and_severity_has_a_column_of_its_own() -> None:
    states = FIGURES["overview/states"].groups[0]
    assert isinstance(states, Cases)
    assert [case.label for case in states.cases] == [
        "未见错误", "有问题", "无法读取", "未能核实", "未检索到", "免报", "未到期",
    ]  # fmt: skip


def test_the_same_program_writes_the_same_files() -> None:
    assert catalogue.texts() == catalogue.texts()


def test_the_files_in_the_repository_are_up_to_date() -> None:
    folder = ROOT / "dashboards" / "kibana"
    written = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}

    assert written == catalogue.texts()


def test_a_prefix_changes_the_indices_and_nothing_else() -> None:
    plain, other = catalogue.texts(), catalogue.texts("office-")

    changed = {name for name in plain if plain[name] != other[name]}
    assert changed == {"0-data-views.ndjson", "alerting.json"}
    assert '"title":"office-reports"' in other["0-data-views.ndjson"]


def test_every_view_that_is_made_is_used() -> None:
    used = {figure.view for figure in FIGURES.values()} | {search.view for search in SEARCHES}

    assert set(VIEWS) - used == {"obligations"}  # for looking into on the Discover page
