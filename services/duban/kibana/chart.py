"""How a figure is drawn: the visualization state of Lens for each kind of chart."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from duban.kibana.column import group_id, measure_id
from duban.kibana.condition import Json
from duban.kibana.figure import Figure


class Number(msgspec.Struct, frozen=True):
    """One large number."""


class Bars(msgspec.Struct, frozen=True):
    """Bars along the last group; a group before it colours them."""

    lying: bool = False
    as_line: bool = False


class Table(msgspec.Struct, frozen=True):
    """A row for each group; with `across`, the last group goes over the columns."""

    across: bool = False
    page: int = 20


class Ring(msgspec.Struct, frozen=True):
    """Shares of a whole, with the values themselves."""


Chart: TypeAlias = Number | Bars | Table | Ring

KINDS = {Number: "lnsMetric", Bars: "lnsXY", Table: "lnsDatatable", Ring: "lnsPie"}
Series = Literal["bar_stacked", "bar_horizontal_stacked", "line"]


def visualization(chart: Chart, figure: Figure, layer: str) -> Json:
    """The state that draws a figure; `layer` is the id of its layer."""
    measures = [measure_id(number) for number in range(len(figure.measures))]
    groups = [group_id(number) for number in range(len(figure.groups))]
    if isinstance(chart, Number):
        return {"layerId": layer, "layerType": "data", "metricAccessor": measures[0]}
    if isinstance(chart, Bars):
        return _bars(chart, layer, groups, measures)
    if isinstance(chart, Table):
        return _table(chart, layer, groups, measures)
    ring: Json = {
        "categoryDisplay": "default",
        "colorMapping": _colours(),
        "layerId": layer,
        "layerType": "data",
        "legendDisplay": "show",
        "metrics": measures,
        "nestedLegend": False,
        "numberDisplay": "value",
        "primaryGroups": groups,
    }
    return {"layers": [ring], "shape": "donut"}


def _bars(chart: Bars, layer: str, groups: list[str], measures: list[str]) -> Json:
    series: Series = "bar_horizontal_stacked" if chart.lying else "bar_stacked"
    if chart.as_line:
        series = "line"
    drawn: Json = {
        "accessors": measures,
        "colorMapping": _colours(),
        "layerId": layer,
        "layerType": "data",
        "position": "top",
        "seriesType": series,
        "showGridlines": False,
        "xAccessor": groups[-1],
    }
    if len(groups) > 1:
        drawn["splitAccessor"] = groups[0]
    everywhere = {"x": True, "yLeft": True, "yRight": True}
    return {
        "axisTitlesVisibilitySettings": {"x": False, "yLeft": False, "yRight": True},
        "fittingFunction": "None",
        "gridlinesVisibilitySettings": dict(everywhere),
        "labelsOrientation": {"x": 0, "yLeft": 0, "yRight": 0},
        "layers": [drawn],
        "legend": {"isVisible": True, "position": "right"},
        "preferredSeriesType": series,
        "tickLabelsVisibilitySettings": dict(everywhere),
        "valueLabels": "show",
    }


def _table(chart: Table, layer: str, groups: list[str], measures: list[str]) -> Json:
    columns: list[Json] = []
    for number, group in enumerate(groups):
        over = chart.across and number == len(groups) - 1
        columns.append({"columnId": group, "isMetric": False, "isTransposed": over})
    for measure in measures:
        columns.append({"columnId": measure, "isMetric": True, "isTransposed": False})
    return {
        "columns": columns,
        "layerId": layer,
        "layerType": "data",
        "paging": {"enabled": True, "size": chart.page},
    }


def _colours() -> Json:
    return {
        "assignments": [],
        "colorMode": {"type": "categorical"},
        "paletteId": "eui_amsterdam_color_blind",
        "specialAssignments": [
            {"color": {"type": "loop"}, "rule": {"type": "other"}, "touched": False}
        ],
    }
