"""Alerting rules for offices that live in Kibana: a query of the index, and an index that tells.

The rule type "Elasticsearch query" and the connector "Index" are part of the basic licence.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from duban.kibana.condition import Condition, Json, dsl
from duban.kibana.packed import as_text
from duban.kibana.pinned import random_looking_id

_TAG = "duban"
_MOST_HITS = 100


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that speaks when documents appear that meet all conditions.

    `moment` is the field of time; a document is told of once, where it is not older than
    `window_days` when it is first met.
    """

    key: str
    name: str
    view: str
    where: tuple[Condition, ...]
    moment: str
    minutes: int = 5
    window_days: int = 7


class Connector(msgspec.Struct, frozen=True, kw_only=True):
    """Where rules write what they have to tell: a document each time, in an index of its own."""

    key: str
    name: str
    index: str


def rule_id(rule: Rule) -> str:
    """The id that the rule keeps."""
    return random_looking_id("rule", rule.key)


def connector_id(connector: Connector) -> str:
    """The id that the connector keeps."""
    return random_looking_id("connector", connector.key)


def rule_query(rule: Rule) -> Json:
    """The query of a rule, without the window of time that Kibana adds."""
    return {"bool": {"filter": [dsl(condition) for condition in rule.where]}}


def rule_body(rule: Rule, connector: str, indices: Mapping[str, str]) -> tuple[Json, Json]:
    """What makes the rule, and what replaces it."""
    replacing: Json = {
        "actions": [_action(rule, connector)],
        "name": rule.name,
        "params": {
            "aggType": "count",
            "esQuery": as_text({"query": rule_query(rule)}),
            "excludeHitsFromPreviousRun": True,
            "groupBy": "all",
            "index": [indices[rule.view]],
            "searchType": "esQuery",
            "size": _MOST_HITS,
            "threshold": [0],
            "thresholdComparator": ">",
            "timeField": rule.moment,
            "timeWindowSize": rule.window_days,
            "timeWindowUnit": "d",
        },
        "schedule": {"interval": f"{rule.minutes}m"},
        "tags": [_TAG],
    }
    fixed: Json = {"consumer": "stackAlerts", "enabled": True, "rule_type_id": ".es-query"}
    return {**replacing, **fixed}, replacing


def connector_body(connector: Connector) -> tuple[Json, Json]:
    """What makes the connector, and what replaces it."""
    replacing: Json = {
        "config": {"executionTimeField": "at", "index": connector.index, "refresh": False},
        "name": connector.name,
        "secrets": {},
    }
    return {**replacing, "connector_type_id": ".index"}, replacing


def _action(rule: Rule, connector: str) -> Json:
    document = {
        "rule": rule.key,
        "title": "{{rule.name}}",
        "documents": "{{context.value}}",
        "told": "{{context.title}}",
        "link": "{{context.link}}",
    }
    return {
        "frequency": {"notify_when": "onActiveAlert", "summary": False, "throttle": None},
        "group": "query matched",
        "id": connector,
        "params": {"documents": [document]},
    }
