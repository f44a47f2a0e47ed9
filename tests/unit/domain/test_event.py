"""Events are read back as they were written, for ever and of every version."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import inspect

from duban.domain import event as events
from duban.domain import event_reference
from duban.domain.event import BODIES, CURRENT, EVERYONE, RAISES, TOPICS, Event, decode, encode
from duban.errors import EventError
from duban.testing.events import rejected, released

HISTORY = Path(__file__).parent / "history"
ROOT = Path(__file__).parents[3]
VERSIONS = sorted(BODIES)


@pytest.mark.parametrize(("name", "version"), VERSIONS)
def test_a_sample_of_every_version_ever_written_still_loads(name: str, version: int) -> None:
    sample = (HISTORY / f"{name}.v{version}.json").read_bytes()

    event = decode(sample)

    assert event.name == name
    assert decode(encode(event)) == event


def test_no_sample_is_left_without_a_version() -> None:
    assert {path.name for path in HISTORY.iterdir()} == {f"{n}.v{v}.json" for n, v in VERSIONS}


@pytest.mark.parametrize(("name", "version"), VERSIONS)
def test_a_sample_satisfies_the_published_schema(name: str, version: int) -> None:
    schema = json.loads((ROOT / f"schemas/events/{name}.v{version}.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)

    sample = json.loads((HISTORY / f"{name}.v{version}.json").read_text("utf-8"))

    jsonschema.Draft202012Validator(schema).validate(sample)


def test_the_published_schemas_are_those_of_the_classes() -> None:
    published = {path.name: path.read_text("utf-8") for path in (ROOT / "schemas/events").iterdir()}

    assert published == event_reference.schemas(), "run `make docs`"


def test_the_reference_page_is_up_to_date() -> None:
    page = (ROOT / "docs/reference/events.md").read_text("utf-8")

    assert page == event_reference.render(), "run `make docs`"


def test_every_name_has_a_topic_and_every_class_a_current_version() -> None:
    assert {name for name, _ in BODIES} == set(TOPICS)
    assert set(CURRENT) == set(BODIES.values())


_NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
_TIMES = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001 - as above
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))]),
)
_PLAIN: dict[type[inspect.Type], st.SearchStrategy[Any]] = {
    inspect.StrType: st.just("") | _NAMES,
    inspect.IntType: st.integers(-(2**63), 2**63 - 1),
    inspect.FloatType: st.floats(allow_nan=False, allow_infinity=False),
    inspect.BoolType: st.booleans(),
    inspect.NoneType: st.none(),
    inspect.DateTimeType: _TIMES,
}


def _values(of: inspect.Type) -> st.SearchStrategy[Any]:
    """Values of any type that an event may hold."""
    if type(of) in _PLAIN:
        return _PLAIN[type(of)]
    match of:
        case inspect.StructType(cls=cls, fields=fields):
            return st.builds(cls, **{field.name: _values(field.type) for field in fields})
        case inspect.UnionType(types=types):
            return st.one_of(map(_values, types))
        case inspect.LiteralType(values=values):
            return st.sampled_from(values)
        case inspect.VarTupleType(item_type=item):
            return st.lists(_values(item), max_size=2).map(tuple)
        case inspect.TupleType(item_types=items):
            return st.tuples(*map(_values, items))
        case inspect.DictType(key_type=key, value_type=value):
            return st.dictionaries(_values(key), _values(value), max_size=2)
    raise AssertionError(f"teach this test about {of}")


def _event_of(cls: Any, data: st.DataObject) -> Event:
    return Event(
        id=data.draw(_NAMES),
        key=data.draw(_NAMES),
        at=data.draw(_TIMES),
        body=data.draw(_values(inspect.type_info(cls))),
        cause=data.draw(st.none() | _NAMES),
    )


@pytest.mark.parametrize("name", sorted(TOPICS))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_decoding_gives_back_what_was_encoded(name: str, data: st.DataObject) -> None:
    newest = max(version for known, version in BODIES if known == name)
    event = _event_of(BODIES[name, newest], data)

    assert decode(encode(event)) == event


@pytest.mark.parametrize("version", [wire for wire in VERSIONS if wire in RAISES], ids=str)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_an_old_version_said_is_still_said_by_the_newest(
    version: tuple[str, int], data: st.DataObject
) -> None:
    old = _event_of(BODIES[version], data)

    event = decode(encode(old))

    assert event.name == version[0]
    assert CURRENT[type(event.body)][1] > version[1]
    assert msgspec.structs.replace(event, body=old.body) == old
    kept = msgspec.to_builtins(old.body)
    assert kept.items() <= msgspec.to_builtins(event.body).items()


@pytest.mark.parametrize("whole", [True, False])
def test_an_old_look_at_a_page_never_shows_that_a_column_was_read_whole(*, whole: bool) -> None:
    body = {"agency_id": "a", "url": "u", "outcome": "read", "whole": whole}
    wire = {"name": "page.checked", "version": 1, "body": body}

    event = decode(json.dumps(json.loads(encode(released())) | wire).encode())

    assert isinstance(event.body, events.PageChecked)
    assert event.body.whole is False


def test_an_event_of_a_newer_version_says_that_this_program_must_be_upgraded() -> None:
    wire = json.loads(encode(released())) | {"version": 99}

    with pytest.raises(EventError, match="请升级 duban"):
        decode(json.dumps(wire).encode())


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"{}",
        b"\xff\xfe",
        encode(released())[:-20],
        encode(released()).replace(b"+08:00", b""),
        encode(released()).replace(b'"sha256"', b'"sha255"'),
    ],
)
def test_a_damaged_event_is_an_event_error(damaged: bytes) -> None:
    with pytest.raises(EventError):
        decode(damaged)


def test_a_time_without_a_zone_is_refused() -> None:
    body = events.AgencyRemoved(agency_id="a", reason="")

    with pytest.raises(EventError, match="时区"):
        events.record(body, id="1", at=datetime(2025, 1, 1))  # noqa: DTZ001 - the point


def test_events_are_filed_under_their_agency_all_agencies_or_their_bytes() -> None:
    unassigned = rejected("bytes", "unassigned")

    assert released().key == EVERYONE
    assert rejected("bytes", agency_id="a", year=2024).key == "a"
    assert unassigned.key == unassigned.body.sha256


class _SecondRemoval(msgspec.Struct, frozen=True, kw_only=True):
    agency_id: str
    because: str


class _ThirdRemoval(msgspec.Struct, frozen=True, kw_only=True):
    agency_id: str
    because: str
    officer: str | None = None


@contextmanager
def _grown(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    name = "agency.removed"
    for version, cls in ((2, _SecondRemoval), (3, _ThirdRemoval)):
        monkeypatch.setitem(BODIES, (name, version), cls)  # type: ignore[arg-type]
    monkeypatch.setitem(
        RAISES, (name, 1), lambda old: {"agency_id": old["agency_id"], "because": old["reason"]}
    )
    monkeypatch.setitem(RAISES, (name, 2), lambda old: old | {"officer": "未记录"})
    yield


def test_an_old_version_is_raised_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    sample = (HISTORY / "agency.removed.v1.json").read_bytes()
    reason = json.loads(sample)["body"]["reason"]

    with _grown(monkeypatch):
        event = decode(sample)

    assert event.body == _ThirdRemoval(agency_id=event.key, because=reason, officer="未记录")
