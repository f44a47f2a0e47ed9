"""Everything that is brought into Kibana, and the files it is written to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

from duban.kibana.boards import agency, figures, findings, late, overview, pipeline
from duban.kibana.condition import CURRENT, SHOWN, Is, Json
from duban.kibana.dashboard import Board, write_board
from duban.kibana.data_view import write_view
from duban.kibana.packed import as_lines
from duban.kibana.panel import Source
from duban.kibana.pinned import VERSION
from duban.kibana.rule import (
    Connector,
    Rule,
    connector_body,
    connector_id,
    rule_body,
    rule_id,
)
from duban.kibana.saved_search import write_search
from duban.kibana.searches import SEARCHES
from duban.kibana.views import views

PREFIX = "duban-"
_NO_NAMES: Mapping[str, str] = MappingProxyType({})


def boards() -> tuple[Board, ...]:
    """The dashboards, in the order of their use."""
    modules = (overview, late, findings, agency, figures, pipeline)
    return tuple(module.board() for module in modules)


def connector(prefix: str) -> Connector:
    """Where the rules write; the index is Kibana's own and no read model of ours."""
    return Connector(key="told", name="督办 提醒记录 / duban alerts", index=f"{prefix}kibana-told")


def _alerts(key: str, name: str, kind: str, severity: str | None = None) -> Rule:
    """Tells of alerts of a kind as they open; those of our own re-reading are left out."""
    gravest = (Is("severity", (severity,)),) if severity else ()
    of_kind = (Is("kind", (kind,)), Is("is_open", (True,)), Is("quiet", (False,)))
    where = (*SHOWN, *of_kind, *gravest)
    return Rule(key=key, name=name, view="alerts", where=where, moment="since")


RULES: tuple[Rule, ...] = (
    _alerts("errors", "督办 年报有错误 / errors in a report", "report", "error"),
    _alerts("absent", "督办 未检索到年报 / report absent", "absent"),
    _alerts("unreadable", "督办 文件无法读取 / file cannot be read", "unreadable"),
    Rule(
        key="aside",
        name="督办 有事件搁置 / event set aside",
        view="aside",
        where=CURRENT,
        moment="known_from",
    ),
)


def sources(prefix: str) -> Mapping[str, Source]:
    """The data views by key, as panels need them."""
    return {view.key: Source(view.id, view.types) for view in views(prefix)}


def indices(prefix: str) -> Mapping[str, str]:
    """The index behind each data view."""
    return {view.key: view.index for view in views(prefix)}


def object_files(
    prefix: str, names: Mapping[str, str] = _NO_NAMES
) -> Mapping[str, tuple[Json, ...]]:
    """The saved objects by the name of the file each belongs to.

    `names` are those of supervising agencies by id.
    """
    known = sources(prefix)
    made: dict[str, tuple[Json, ...]] = {
        "0-data-views": tuple(write_view(view) for view in views(prefix, names)),
        "1-searches": tuple(write_search(search, known) for search in SEARCHES),
    }
    for number, board in enumerate(boards(), start=2):
        made[f"{number}-{board.key}"] = (write_board(board, known),)
    return made


def objects(prefix: str, names: Mapping[str, str] = _NO_NAMES) -> tuple[Json, ...]:
    """All saved objects, each after those it refers to."""
    return tuple(one for file in object_files(prefix, names).values() for one in file)


def texts(prefix: str = PREFIX) -> Mapping[str, str]:
    """The files of `dashboards/kibana`: saved objects as Kibana imports them, rules as sent."""
    found = {f"{name}.ndjson": as_lines(made) for name, made in object_files(prefix).items()}
    told = connector(prefix)
    rules: Json = {
        "kibana": VERSION,
        "connector": {"id": connector_id(told), **connector_body(told)[0]},
        "rules": [
            {"id": rule_id(rule), **rule_body(rule, connector_id(told), indices(prefix))[0]}
            for rule in RULES
        ],
    }
    found["alerting.json"] = json.dumps(rules, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    return found
