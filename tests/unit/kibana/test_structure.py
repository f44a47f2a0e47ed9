"""What we make has the structure of what Kibana exports, key by key."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from duban.kibana import catalogue
from duban.kibana.pinned import part_id

OBJECTS = catalogue.objects("duban-")
BOARDS = [one for one in OBJECTS if one["type"] == "dashboard"]
_TEXTS = ("fieldAttrs", "fieldFormatMap", "fields", "runtimeFieldMap", "sourceFilters")


def unpacked(value: Any, key: str = "") -> Any:
    """An object with the texts in which Kibana keeps JSON taken apart."""
    if isinstance(value, str) and (key.endswith("JSON") or key in _TEXTS):
        return unpacked(json.loads(value))
    if isinstance(value, dict):
        return {name: unpacked(one, name) for name, one in value.items()}
    if isinstance(value, list):
        return [unpacked(one) for one in value]
    return value


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    text = (Path(__file__).parent / "structure.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


def faults(schema: dict[str, Any], one: Any) -> list[str]:
    of_type = {**schema, "$ref": f"#/$defs/{one['type']}"}
    validator = jsonschema.Draft202012Validator(of_type)
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(one)]


@pytest.mark.parametrize("one", OBJECTS, ids=lambda one: str(one["id"]))
def test_every_object_has_the_structure_of_real_exports(
    one: dict[str, Any], schema: dict[str, Any]
) -> None:
    assert faults(schema, unpacked(one)) == []


def test_a_key_that_no_export_has_is_noticed(schema: dict[str, Any]) -> None:
    board = unpacked(BOARDS[0])
    charts = [one for one in board["attributes"]["panelsJSON"] if one["type"] == "lens"]
    layers = charts[0]["embeddableConfig"]["attributes"]["state"]["datasourceStates"]["formBased"]
    next(iter(layers["layers"].values()))["colour"] = "red"

    assert [fault for fault in faults(schema, board) if "colour" in fault]


def test_a_key_that_every_export_has_is_missed(schema: dict[str, Any]) -> None:
    board = unpacked(BOARDS[0])
    del board["attributes"]["panelsJSON"][0]["gridData"]["w"]

    assert [fault for fault in faults(schema, board) if "'w' is a required" in fault]


def test_the_texts_inside_objects_are_texts_as_kibana_keeps_them() -> None:
    for one in BOARDS:
        attributes = one["attributes"]
        assert isinstance(attributes["panelsJSON"], str)
        assert isinstance(attributes["optionsJSON"], str)
        assert isinstance(attributes["kibanaSavedObjectMeta"]["searchSourceJSON"], str)
        assert isinstance(attributes["controlGroupInput"]["panelsJSON"], str)


def test_all_that_is_referred_to_is_among_the_objects_before() -> None:
    seen: set[tuple[object, object]] = set()
    for one in OBJECTS:
        named = {(each["type"], each["id"]) for each in one["references"]}
        assert named <= seen, one["id"]
        seen.add((one["type"], one["id"]))


@pytest.mark.parametrize("board", BOARDS, ids=lambda one: str(one["id"]))
def test_each_panel_names_its_references_on_the_panel_and_on_the_board(
    board: dict[str, Any],
) -> None:
    outer = {one["name"]: one["id"] for one in board["references"]}
    for panel in unpacked(board)["attributes"]["panelsJSON"]:
        index = panel["panelIndex"]
        assert panel["gridData"]["i"] == index
        if panel["type"] == "search":
            assert f"{index}:{panel['panelRefName']}" in outer
        if panel["type"] != "lens":
            continue
        attributes = panel["embeddableConfig"]["attributes"]
        inner = {one["name"]: one["id"] for one in attributes["references"]}
        assert {f"{index}:{name}": value for name, value in inner.items()}.items() <= outer.items()
        state = attributes["state"]
        (layer,) = state["datasourceStates"]["formBased"]["layers"]
        assert f"indexpattern-datasource-layer-{layer}" in inner
        assert {pill["meta"]["index"] for pill in state["filters"]} <= inner.keys()


@pytest.mark.parametrize("board", BOARDS, ids=lambda one: str(one["id"]))
def test_each_chart_draws_columns_that_its_layer_has(board: dict[str, Any]) -> None:
    for panel in unpacked(board)["attributes"]["panelsJSON"]:
        if panel["type"] != "lens":
            continue
        state = panel["embeddableConfig"]["attributes"]["state"]
        ((name, layer),) = state["datasourceStates"]["formBased"]["layers"].items()
        drawn = json.dumps(state["visualization"])
        assert name in drawn
        assert sorted(layer["columnOrder"]) == sorted(layer["columns"])
        assert all(f'"{column}"' in drawn for column in layer["columnOrder"]), panel["title"]


@pytest.mark.parametrize("board", BOARDS, ids=lambda one: str(one["id"]))
def test_panels_lie_within_the_grid_and_not_on_one_another(board: dict[str, Any]) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in unpacked(board)["attributes"]["panelsJSON"]:
        at = panel["gridData"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert not cells & taken
        assert max(x for x, _ in cells) < 48
        taken |= cells


def test_ids_are_stable_and_none_occurs_twice() -> None:
    names = [(one["type"], one["id"]) for one in OBJECTS]
    panels = [
        panel["panelIndex"]
        for board in BOARDS
        for panel in unpacked(board)["attributes"]["panelsJSON"]
    ]

    assert len(set(names)) == len(names)
    assert len(set(panels)) == len(panels)
    assert part_id("overview", "owed") == "f7f61b83-7742-5c2b-b41d-b3cf72db6bdc"


def test_each_dashboard_links_to_the_others() -> None:
    ids = {str(board["id"]) for board in BOARDS}
    for board in BOARDS:
        said = unpacked(board)["attributes"]["panelsJSON"][0]["embeddableConfig"]["savedVis"]
        linked = set(re.findall(r"\(#/view/([\w-]+)\)", said["params"]["markdown"]))
        assert linked == ids - {str(board["id"])}


def test_titles_are_chinese_and_descriptions_english() -> None:
    for board in BOARDS:
        attributes = board["attributes"]
        assert attributes["title"].startswith("督办 ")
        assert attributes["description"].isascii()
        assert attributes["description"]
    assert [str(board["attributes"]["title"]).removeprefix("督办 ") for board in BOARDS] == [
        "总览与台账",
        "缺报与逾期",
        "问题分布",
        "机关画像",
        "申请与争议指标",
        "管道健康",
    ]
