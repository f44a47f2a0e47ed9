"""Bringing dashboards and rules into Kibana; doing it again changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from duban.errors import UsageError
from duban.kibana.answer import Fault, Refusal, short
from duban.kibana.client import Kibana
from duban.kibana.condition import Json
from duban.kibana.packed import as_lines
from duban.kibana.pinned import VERSION
from duban.kibana.rule import Connector, Rule, connector_body, connector_id, rule_body, rule_id


class Pushed(msgspec.Struct, frozen=True, kw_only=True):
    """How many objects were taken, and those that were not."""

    taken: int
    refused: tuple[Fault, ...] = ()


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a rule or connector: `made`, `replaced`, or `refused` with the reason."""

    name: str
    outcome: str
    reason: str = ""


def need_version(kibana: Kibana, *, any_version: bool) -> str:
    """The version of a Kibana that these objects are written for; UsageError for another one."""
    found = kibana.version()
    if not any_version and found.split(".")[:2] != VERSION.split(".")[:2]:
        raise UsageError(
            f"Kibana 的版本是 {found}，仪表板是为 {VERSION} 生成的：旧版本不接受，新版本未经核对；"
            "确要导入请加 --any-version。",
            f"This is Kibana {found}, the dashboards are made for {VERSION}: older ones refuse "
            "them, newer ones were not checked; give --any-version to try all the same.",
        )
    return found


def push_objects(kibana: Kibana, objects: Sequence[Json]) -> Pushed:
    """Import saved objects under their own ids, in place of what is there."""
    imported = kibana.import_objects(as_lines(objects))
    return Pushed(taken=imported.success_count, refused=imported.errors)


def push_rules(
    kibana: Kibana, connector: Connector, rules: Sequence[Rule], indices: Mapping[str, str]
) -> tuple[Told, ...]:
    """Make or replace the connector and the rules; `indices` are the indices by data view.

    Where the connector is refused no rule is tried.
    """
    body = connector_body(connector)
    told = [_put(kibana, "/api/actions/connector", connector_id(connector), connector.name, *body)]
    if told[0].outcome == "refused":
        return tuple(told)
    for rule in rules:
        made, replacing = rule_body(rule, connector_id(connector), indices)
        told.append(_put(kibana, "/api/alerting/rule", rule_id(rule), rule.name, made, replacing))
    return tuple(told)


def _put(kibana: Kibana, kind: str, name: str, title: str, made: Json, replacing: Json) -> Told:
    path = f"{kind}/{name}"
    if kibana.get(path) is None:
        return _told(title, "made", kibana.post(path, made))
    return _told(title, "replaced", kibana.put(path, replacing))


def _told(title: str, outcome: str, refusal: Refusal | None) -> Told:
    if refusal is None:
        return Told(name=title, outcome=outcome)
    said = short(refusal.message) or refusal.error
    return Told(name=title, outcome="refused", reason=f"{said} ({refusal.status_code})")
