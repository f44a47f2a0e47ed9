"""A dashboard as Kibana keeps it, with its panels and the controls above them."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from duban.kibana.condition import Json
from duban.kibana.packed import as_text
from duban.kibana.panel import Panel, Source, laid_out, write
from duban.kibana.pinned import CORE_MIGRATION, DASHBOARD_CONTENT, TYPE_MIGRATION, part_id


class Control(msgspec.Struct, frozen=True):
    """A list above the panels to choose values of a field from; it applies to all of them."""

    title: str
    view: str
    field: str


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """A dashboard; `key` is its own among ours, and its id is made from it."""

    key: str
    title: str
    english: str
    panels: tuple[Panel, ...]
    controls: tuple[Control, ...] = ()


def write_board(board: Board, sources: Mapping[str, Source]) -> Json:
    """The dashboard as a saved object."""
    panels: list[Json] = []
    references: list[Json] = []
    for panel, corner in zip(board.panels, laid_out(board.panels), strict=True):
        made, refers = write(board.key, panel, corner, sources)
        panels.append(made)
        references += refers
    for control in board.controls:
        name = f"controlGroup_{_control_id(board, control)}:optionsListDataView"
        references.append({"id": sources[control.view].id, "name": name, "type": "index-pattern"})
    return {
        "attributes": {
            "controlGroupInput": _controls(board, sources),
            "description": board.english,
            "kibanaSavedObjectMeta": {
                "searchSourceJSON": as_text(
                    {"filter": [], "query": {"language": "kuery", "query": ""}}
                )
            },
            "optionsJSON": as_text(
                {
                    "hidePanelTitles": False,
                    "syncColors": False,
                    "syncCursor": True,
                    "syncTooltips": False,
                    "useMargins": True,
                }
            ),
            "panelsJSON": as_text(panels),
            "timeRestore": False,
            "title": board.title,
            "version": DASHBOARD_CONTENT,
        },
        "coreMigrationVersion": CORE_MIGRATION,
        "id": f"duban-{board.key}",
        "references": references,
        "type": "dashboard",
        "typeMigrationVersion": TYPE_MIGRATION["dashboard"],
    }


def _control_id(board: Board, control: Control) -> str:
    return part_id(board.key, "control", control.view, control.field)


def _controls(board: Board, sources: Mapping[str, Source]) -> Json:
    ignored = ("ignoreFilters", "ignoreQuery", "ignoreTimerange", "ignoreValidations")
    lists: Json = {
        _control_id(board, control): {
            "explicitInput": {
                "dataViewId": sources[control.view].id,
                "exclude": False,
                "existsSelected": False,
                "fieldName": control.field,
                "searchTechnique": "prefix",
                "selectedOptions": [],
                "sort": {"by": "_key", "direction": "desc"},
                "title": control.title,
            },
            "grow": True,
            "order": order,
            "type": "optionsListControl",
            "width": "medium",
        }
        for order, control in enumerate(board.controls)
    }
    return {
        "chainingSystem": "HIERARCHICAL",
        "controlStyle": "oneLine",
        "ignoreParentSettingsJSON": as_text(dict.fromkeys(ignored, False)),
        "panelsJSON": as_text(lists),
        "showApplySelections": False,
    }
