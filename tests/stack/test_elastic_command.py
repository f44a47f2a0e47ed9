"""`duban rebuild --profile distributed` over a real Kafka and a real Elasticsearch."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from click.testing import CliRunner, Result

pytest.importorskip("elasticsearch")
pytest.importorskip("kafka")

from tests.stack.elastic_world import remove
from tests.stack.kafka_topics import PARTITIONS, STREAMS, made_topics
from tests.stack.office import facts
from tests.stack.rebuilding import spoil

from duban.adapters.elastic import rebuild
from duban.adapters.elastic.apart import fill_apart
from duban.adapters.elastic.elastic_index import ElasticIndex
from duban.adapters.elastic.filling import Ground
from duban.adapters.elastic.history import Part
from duban.adapters.kafka.kafka_event_log import KafkaEventLog
from duban.cli import group
from duban.config_servers import elastic_settings
from duban.testing.events import registered


@pytest.fixture
def environment(kafka: str, elastic: str, prefix: str) -> Iterator[dict[str, str]]:
    with made_topics(kafka, prefix, (*STREAMS, "alerts")) as topics, KafkaEventLog(topics) as log:
        log.append(facts())
        yield {
            "DUBAN_KAFKA_ADDRESS": kafka,
            "DUBAN_KAFKA_PREFIX": prefix,
            "DUBAN_KAFKA_PARTITIONS": f"{PARTITIONS}",
            "DUBAN_ELASTIC_URL": elastic,
            "DUBAN_ELASTIC_PREFIX": prefix,
            "DUBAN_ELASTIC_TIMEOUT": "120",
        }
    remove(elastic, prefix)


def run(environment: dict[str, str], *arguments: str) -> Result:
    command = ["rebuild", "--profile", "distributed", *arguments]
    return CliRunner().invoke(group, command, env=environment)


def test_the_indices_are_built_compared_and_exchanged_by_command(
    environment: dict[str, str], kafka: str, prefix: str
) -> None:
    first = run(environment, "--format", "json")
    assert first.exit_code == 0, first.output
    assert {name: json.loads(first.stdout)[name] for name in ("first", "exchanged")} == {
        "first": True,
        "exchanged": True,
    }

    again = run(environment)
    assert again.exit_code == 0, again.output
    assert "与现有的逐字一致" in again.output
    assert "已更换" in again.output
    assert "按要求没有更换" in run(environment, "--verify-only").output

    from duban.config_source import kafka_settings

    with KafkaEventLog(kafka_settings(environment=environment)) as log:
        log.append([registered("new", "新局")])
    ahead = run(environment)
    assert ahead.exit_code == 0
    assert "另有 1 份未作比较" in ahead.output
    assert "已更换" in ahead.output

    with ElasticIndex(elastic_settings(environment=environment)) as index:
        spoil(index, "new", "改局")
    differing = run(environment)
    assert differing.exit_code == 1
    assert "机关：原有" in differing.output
    assert "改局" in differing.output
    assert "--accept" in differing.output


def test_as_many_processes_fill_the_indices_as_are_asked_for(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    filled: list[int] = []

    def counted(ground: Ground, parts: Sequence[Part], *rest: Any) -> Iterator[Any]:
        filled.append(len(parts))
        return fill_apart(ground, parts, *rest)

    monkeypatch.setattr(rebuild, "fill_apart", counted)
    assert run(environment).exit_code == 0
    assert run(environment).exit_code == 0
    assert filled == []  # so little is not worth a process

    assert run(environment, "--processes", "2").exit_code == 0

    assert filled == [2]


def test_a_wrong_address_is_told_in_one_line(environment: dict[str, str]) -> None:
    done = run(environment | {"DUBAN_ELASTIC_URL": "http://127.0.0.1:9"})

    assert done.exit_code != 0
    assert "DUBAN_ELASTIC_URL" in str(done.exception or done.output)
