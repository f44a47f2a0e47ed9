"""What Kibana holds, held against what the code makes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from duban.kibana.client import Kibana
from duban.kibana.condition import Json
from duban.kibana.rule import Connector, Rule, connector_body, connector_id, rule_body, rule_id

_KEPT_AS_TEXT = ("fieldAttrs", "fieldFormatMap", "sourceFilters", "fields", "runtimeFieldMap")
_MOST_PATHS = 5


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """An object that is not as the code makes it; `paths` are the first places that differ.

    It has none where the object is not there at all.
    """

    type: str
    id: str
    title: str
    paths: tuple[str, ...] = ()


def compare(kibana: Kibana, objects: Sequence[Json]) -> tuple[Difference, ...]:
    """The objects that Kibana lacks or holds otherwise.

    What Kibana adds of its own (dates, counters, new settings) does not count.
    """
    names = [(str(one["type"]), str(one["id"])) for one in objects]
    found = kibana.export_objects(names)
    held = {(one.get("type"), one.get("id")): one for one in found.objects}
    told: list[Difference] = []
    for name, ours in zip(names, objects, strict=True):
        theirs = held.get(name)
        paths = tuple(_differing(ours, theirs))[:_MOST_PATHS] if theirs is not None else ()
        if theirs is None or paths:
            told.append(Difference(type=name[0], id=name[1], title=_title(ours), paths=paths))
    return tuple(told)


def compare_rules(
    kibana: Kibana, connector: Connector, rules: Sequence[Rule], indices: Mapping[str, str]
) -> tuple[Difference, ...]:
    """The connector and the rules that Kibana lacks or holds otherwise."""
    told = connector_id(connector)
    ours = connector_body(connector)[0]
    del ours["secrets"]  # never told by Kibana
    wanted = [("connector", f"/api/actions/connector/{told}", told, ours)]
    for rule in rules:
        name = rule_id(rule)
        body = rule_body(rule, told, indices)[0]
        del body["enabled"]  # an office may switch a rule off
        wanted.append(("rule", f"/api/alerting/rule/{name}", name, body))
    found: list[Difference] = []
    for kind, path, name, body in wanted:
        theirs = kibana.get(path)
        paths = tuple(differing(body, theirs))[:_MOST_PATHS] if theirs is not None else ()
        if theirs is None or paths:
            found.append(Difference(type=kind, id=name, title=str(body["name"]), paths=paths))
    return tuple(found)


def differing(ours: object, theirs: object, path: str = "") -> Iterator[str]:
    """The paths at which `theirs` is not what `ours` says; what only `theirs` has is passed over.

    Lists must have equal length.
    """
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key, value in ours.items():
            below = f"{path}.{key}" if path else str(key)
            if key in theirs:
                yield from differing(_plain(key, value), _plain(key, theirs[key]), below)
            else:
                yield below
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for number, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from differing(one, other, f"{path}[{number}]")
    elif ours != theirs:
        yield path


def _differing(ours: Json, theirs: Json) -> Iterator[str]:
    yield from differing(ours["attributes"], theirs.get("attributes", {}))
    wanted, held = _references(ours), _references(theirs)
    for name in sorted(wanted.keys() | held.keys()):
        if wanted.get(name) not in (None, held.get(name)):
            yield f"references[{name}]"


def _references(one: Json) -> dict[str, object]:
    listed = one.get("references")
    if not isinstance(listed, list):
        return {}
    return {str(each.get("name")): (each.get("type"), each.get("id")) for each in listed}


def _plain(key: object, value: object) -> object:
    """Parts that Kibana keeps as text, taken apart, so that only their meaning counts."""
    is_text = isinstance(value, str) and (str(key).endswith("JSON") or key in _KEPT_AS_TEXT)
    if not is_text:
        return value
    try:
        return json.loads(str(value))
    except ValueError:
        return value


def _title(one: Json) -> str:
    attributes = one["attributes"]
    assert isinstance(attributes, dict)
    return str(attributes.get("name") or attributes.get("title") or "")
