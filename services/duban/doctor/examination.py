"""All checks of a profile, one after the other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from duban.adapters.clock import SystemClock
from duban.config_servers import blob_settings, elastic_settings, kibana_settings
from duban.config_source import Source, kafka_settings
from duban.doctor import machine, office, originals
from duban.doctor.finding import Finding, look, note
from duban.domain.day import day_of

Profile = Literal["embedded", "distributed"]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What to look at: `known` are the variables that the program looks at, by name."""

    profile: Profile
    data: Path
    rules: Path | None
    alerts: Path | None
    kafka: str | None
    environment: Mapping[str, str]
    known: Collection[str]


def examine(asked: Asked) -> Iterator[Finding]:
    """Every finding, in the order in which things depend on one another."""
    today = day_of(SystemClock().now())
    yield from look("python", "", machine.program)
    yield from look("time zone", "", machine.time_zone)
    yield from look("java", "", machine.java)
    yield from look("variable", "", lambda: machine.variables(asked.environment, asked.known))
    yield from look("data", asked.data, lambda: office.folder(asked.data))
    yield from look("history", asked.data, lambda: office.history(asked.data))
    yield from look("rules", asked.rules or "rules", lambda: office.rules(asked.rules))
    yield from look("calendar", "deadlines", lambda: office.calendar(asked.rules, today))
    if (file := asked.alerts) is not None:
        yield from look("alerts", file, lambda: office.alerts(file, asked.environment))
    if asked.profile == "distributed":
        yield from _servers(asked)


def _servers(asked: Asked) -> Iterator[Finding]:
    found = list(machine.libraries())
    yield from found
    blobs = str(asked.data / "blobs")
    place = asked.environment.get("DUBAN_BLOBS_URL", blobs)
    yield from look(
        "originals", place, lambda: originals.kept(blob_settings(blobs, asked.environment))
    )
    if not any(one.state == "wrong" for one in found):  # without its client no server can be asked
        yield from _kafka(asked)
        yield from look("elastic", "DUBAN_ELASTIC_URL", lambda: _elastic(asked))
    yield from look("kibana", "DUBAN_KIBANA_URL", lambda: _kibana(asked))


def _kafka(asked: Asked) -> Iterator[Finding]:
    where = asked.kafka or asked.environment.get("DUBAN_KAFKA_ADDRESS", "DUBAN_KAFKA_ADDRESS")
    reached = look("kafka", where, lambda: _broker(asked))
    yield from reached
    if not any(one.about == "kafka" and one.state == "wrong" for one in reached):
        yield from look("topics", where, lambda: _topics(asked))


def _broker(asked: Asked) -> Iterator[Finding]:
    from duban.doctor import kafka

    yield from kafka.look_at(kafka_settings(asked.kafka, asked.environment))


def _topics(asked: Asked) -> Iterator[Finding]:
    from duban.doctor import kafka

    yield from kafka.topics(kafka_settings(asked.kafka, asked.environment))


def _elastic(asked: Asked) -> Iterator[Finding]:
    from duban.doctor import elastic

    yield from elastic.look_at(elastic_settings(asked.environment))


def _kibana(asked: Asked) -> Iterator[Finding]:
    from duban.doctor import kibana

    if not Source("kibana", asked.environment).text("url"):
        yield note("kibana", "DUBAN_KIBANA_URL", "没有设置：不用 Kibana 即不必。",
                   "not set: only needed for Kibana.")  # fmt: skip
        return
    prefix = Source("elastic", asked.environment).text("prefix", "duban-") or ""
    yield from kibana.look_at(kibana_settings(asked.environment), prefix)
