"""The panels of a dashboard: a chart, a few words, or a saved search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import msgspec

from duban.kibana.chart import KINDS, Chart, visualization
from duban.kibana.column import layer
from duban.kibana.condition import Json, filter_pill
from duban.kibana.figure import Figure
from duban.kibana.pinned import part_id

GRID = 48  # columns of a dashboard


class ChartPanel(msgspec.Struct, frozen=True, kw_only=True):
    """A figure and how it is drawn; `key` is its own within the dashboard."""

    key: str
    title: str
    english: str
    figure: Figure
    chart: Chart
    width: int = 24
    height: int = 12


class WordsPanel(msgspec.Struct, frozen=True, kw_only=True):
    """A few words, as markdown."""

    key: str
    text: str
    width: int = GRID
    height: int = 5


class SearchPanel(msgspec.Struct, frozen=True, kw_only=True):
    """A saved search, by its id."""

    key: str
    title: str
    search: str
    width: int = GRID
    height: int = 18


Panel: TypeAlias = ChartPanel | WordsPanel | SearchPanel


class Source(msgspec.Struct, frozen=True):
    """A data view as panels need it: its id and the types of its fields."""

    id: str
    types: Mapping[str, str]


def laid_out(panels: Sequence[Panel]) -> list[tuple[int, int]]:
    """The column and row at which each panel begins: side by side, then below one another."""
    corners: list[tuple[int, int]] = []
    x = y = tallest = 0
    for panel in panels:
        if x + panel.width > GRID:
            x, y, tallest = 0, y + tallest, 0
        corners.append((x, y))
        x, tallest = x + panel.width, max(tallest, panel.height)
    return corners


def write(
    board: str, panel: Panel, corner: tuple[int, int], sources: Mapping[str, Source]
) -> tuple[Json, list[Json]]:
    """The panel as the dashboard keeps it, and what it refers to.

    `corner` is where it begins, `sources` are the data views by key.
    """
    index = part_id(board, panel.key)
    x, y = corner
    made: Json = {
        "gridData": {"h": panel.height, "i": index, "w": panel.width, "x": x, "y": y},
        "panelIndex": index,
    }
    if isinstance(panel, WordsPanel):
        return made | {"embeddableConfig": _words(panel), "type": "visualization"}, []
    if isinstance(panel, SearchPanel):
        name = f"panel_{index}"
        kept = {"embeddableConfig": {"enhancements": {}}, "panelRefName": name}
        reference: Json = {"id": panel.search, "name": f"{index}:{name}", "type": "search"}
        return made | kept | {"title": panel.title, "type": "search"}, [reference]
    inner = _references(index, panel, sources)
    config: Json = {
        "attributes": _attributes(index, panel, sources, inner),
        "description": panel.english,
        "enhancements": {},
        "hidePanelTitles": False,
        "title": panel.title,
    }
    outer = [one | {"name": f"{index}:{one['name']}"} for one in inner]
    return made | {"embeddableConfig": config, "title": panel.title, "type": "lens"}, outer


def _attributes(
    index: str, panel: ChartPanel, sources: Mapping[str, Source], inner: list[Json]
) -> Json:
    source = sources[panel.figure.view]
    own = _layer_id(index)
    pills = [
        filter_pill(condition, _filter_name(index, number))
        for number, condition in enumerate(panel.figure.where)
    ]
    return {
        "description": panel.english,
        "references": inner,
        "state": {
            "adHocDataViews": {},
            "datasourceStates": {
                "formBased": {"layers": {own: layer(panel.figure, source.types)}},
                "indexpattern": {"layers": {}},
                "textBased": {"layers": {}},
            },
            "filters": pills,
            "internalReferences": [],
            "query": {"language": "kuery", "query": ""},
            "visualization": visualization(panel.chart, panel.figure, own),
        },
        "title": panel.title,
        "type": "lens",
        "visualizationType": KINDS[type(panel.chart)],
    }


def _references(index: str, panel: ChartPanel, sources: Mapping[str, Source]) -> list[Json]:
    names = [f"indexpattern-datasource-layer-{_layer_id(index)}"]
    names += [_filter_name(index, number) for number in range(len(panel.figure.where))]
    view = sources[panel.figure.view].id
    return [{"id": view, "name": name, "type": "index-pattern"} for name in names]


def _layer_id(index: str) -> str:
    return part_id(index, "layer")


def _filter_name(index: str, number: int) -> str:
    return part_id(index, "filter", str(number))


def _words(panel: WordsPanel) -> Json:
    return {
        "enhancements": {},
        "savedVis": {
            "data": {
                "aggs": [],
                "searchSource": {"filter": [], "query": {"language": "kuery", "query": ""}},
            },
            "description": "",
            "params": {"fontSize": 12, "markdown": panel.text, "openLinksInNewTab": False},
            "title": "",
            "type": "markdown",
            "uiState": {},
        },
    }
