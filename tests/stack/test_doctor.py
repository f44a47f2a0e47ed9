"""The doctor before real servers: what is wrong with them is a line each, and no password shows."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

pytest.importorskip("kafka")
pytest.importorskip("elasticsearch")

from elasticsearch import Elasticsearch
from kafka import KafkaConsumer
from msgspec.structs import replace
from tests.stack.fetch import Programs
from tests.stack.kafka_server import PASSWORD, USER, KafkaServer
from tests.stack.kafka_topics import made_topics

from duban.adapters.elastic.client import connected
from duban.adapters.elastic.indices import Indices
from duban.adapters.kafka import admin
from duban.adapters.kafka.connection import administration
from duban.adapters.kafka.groups import refuse_strangers
from duban.adapters.kafka.kafka_event_log import KafkaEventLog
from duban.adapters.kafka.topics import application, declared
from duban.cli import group
from duban.config import ElasticSettings, KafkaSettings
from duban.errors import StorageError
from duban.testing.events import registered

SECRETS = (PASSWORD, "falsch", "geheim")


# A client of kafka-python that finds nobody leaves its sockets to the collector, whenever that is.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.usefixtures("collected"),
]


@pytest.fixture(scope="module")
def server(programs: Programs) -> Iterator[KafkaServer]:
    """A broker with a login and encryption."""
    with KafkaServer(programs) as started:
        yield started


@pytest.fixture
def search(elastic: str, prefix: str) -> Iterator[ElasticSettings]:
    """An Elasticsearch without our indices; what a test makes is removed."""
    settings = ElasticSettings(url=elastic, prefix=prefix)
    yield settings
    with contextlib.closing(connected(settings)) as client:
        found = client.indices.get(index=f"{prefix}*")
        for name in found:
            client.indices.delete(index=name)


def examined(tmp_path: Path, **settings: object) -> tuple[Result, list[dict[str, Any]]]:
    """What the command says, by its JSON; a setting is named without DUBAN_."""
    environment = {
        "DUBAN_KAFKA_ADDRESS": "127.0.0.1:1",
        "DUBAN_ELASTIC_URL": "http://127.0.0.1:1",
        "DUBAN_KAFKA_TIMEOUT": "5",
        **{f"DUBAN_{name}": str(value) for name, value in settings.items()},
    }
    arguments = ["doctor", "--profile", "distributed", "--json", "--data", str(tmp_path)]
    done = CliRunner().invoke(group, arguments, env=environment, catch_exceptions=False)
    assert not [one for one in SECRETS if one in done.output]
    return done, [json.loads(line) for line in done.output.splitlines()]


def lines(found: list[dict[str, Any]], about: str, state: str = "wrong") -> list[dict[str, Any]]:
    return [one for one in found if one["about"] == about and one["state"] == state]


def only(found: list[dict[str, Any]], about: str, state: str = "wrong") -> dict[str, Any]:
    (one,) = lines(found, about, state)
    return one


def over_tls(server: KafkaServer, password: str) -> Mapping[str, object]:
    return {
        "KAFKA_ADDRESS": server.tls_address,
        "KAFKA_TLS": "true",
        "KAFKA_CA_FILE": server.ca_file,
        "KAFKA_USER": USER,
        "KAFKA_PASSWORD": password,
        "KAFKA_MECHANISM": "PLAIN",
    }


def test_missing_topics_are_one_line_with_the_command_that_makes_them(
    tmp_path: Path, kafka: str, prefix: str
) -> None:
    done, found = examined(tmp_path, KAFKA_ADDRESS=kafka, KAFKA_PREFIX=prefix)

    assert done.exit_code == 1
    assert only(found, "kafka", "good")["where"] == kafka
    assert only(found, "topics")["mend"] == f"duban topics apply --kafka {kafka}"


def test_topics_with_another_number_of_partitions_are_told(
    tmp_path: Path, kafka: str, prefix: str
) -> None:
    with made_topics(kafka, prefix) as made:
        _, found = examined(
            tmp_path, KAFKA_ADDRESS=kafka, KAFKA_PREFIX=prefix, KAFKA_PARTITIONS=made.partitions + 1
        )

    cut = [one for one in lines(found, "topics") if one["where"] == f"{prefix}facts"]
    assert [
        one["zh"].startswith("partitions 应为 4，实为 3。分区数建好后不能改") for one in cut
    ] == [True]


@pytest.fixture
def applied(kafka: str, prefix: str) -> Iterator[KafkaSettings]:
    """Every topic, of one partition."""
    settings = KafkaSettings(addresses=(kafka,), prefix=prefix, partitions=1)
    admin.apply(settings)
    yield settings
    with administration(settings) as client:
        client.delete_topics([spec.name for spec in declared(settings)])


def test_all_topics_as_declared(tmp_path: Path, applied: KafkaSettings) -> None:
    (where,) = applied.addresses
    with KafkaEventLog(applied) as log:
        log.append([registered("a")])

    _, found = examined(
        tmp_path, KAFKA_ADDRESS=where, KAFKA_PREFIX=applied.prefix, KAFKA_PARTITIONS=1
    )

    assert lines(found, "topics") == []
    told = [one for one in lines(found, "clock", "good") if one["where"] == where]
    assert [one["zh"].startswith("最新的事件写于") for one in told] == [True]


@pytest.mark.long
def test_a_worker_does_not_begin_beside_another_program(
    tmp_path: Path, applied: KafkaSettings
) -> None:
    (where,) = applied.addresses
    other = KafkaConsumer(
        f"{applied.prefix}facts",
        bootstrap_servers=where,
        group_id=application(applied, "agency"),
        client_id="theirs",
    )
    environment = {
        "DUBAN_KAFKA_ADDRESS": where,
        "DUBAN_KAFKA_PREFIX": applied.prefix,
        "DUBAN_KAFKA_PARTITIONS": "1",
        "DUBAN_BLOBS_URL": str(tmp_path),
    }
    try:
        other.poll(timeout_ms=5000)
        done = CliRunner().invoke(
            group, ["worker", "--only", "agency", "--data", str(tmp_path)], env=environment
        )
    finally:
        other.close()

    assert isinstance(done.exception, StorageError)
    assert "里有别的程序（theirs）" in str(done.exception)


def test_another_program_in_our_consumer_group_is_told(
    tmp_path: Path, kafka: str, prefix: str
) -> None:
    with made_topics(kafka, prefix) as made:
        name = application(made, "agency")
        other = KafkaConsumer(
            f"{prefix}facts", bootstrap_servers=kafka, group_id=name, client_id="theirs"
        )
        try:
            other.poll(timeout_ms=5000)
            _, found = examined(
                tmp_path, KAFKA_ADDRESS=kafka, KAFKA_PREFIX=prefix, KAFKA_PARTITIONS=made.partitions
            )
            with pytest.raises(StorageError, match="theirs"):
                refuse_strangers(made, ["intake", "agency"])
            refuse_strangers(made, ["indexer"])
        finally:
            other.close()

    one = only(found, "group")
    assert one["where"] == name
    assert "theirs" in one["zh"]
    assert "DUBAN_KAFKA_PREFIX" in one["en"]


def test_a_broker_is_reached_with_login_and_encryption(tmp_path: Path, server: KafkaServer) -> None:
    _, found = examined(tmp_path, **over_tls(server, PASSWORD))

    assert only(found, "kafka", "good")["where"] == server.tls_address
    assert lines(found, "kafka") == []


def test_the_history_is_written_and_read_over_an_encrypted_connection(
    server: KafkaServer, prefix: str
) -> None:
    from duban.config_source import kafka_settings

    with made_topics(server.address, prefix) as made:
        given = {f"DUBAN_{name}": str(value) for name, value in over_tls(server, PASSWORD).items()}
        known = replace(
            kafka_settings(environment=given), prefix=prefix, partitions=made.partitions
        )
        with KafkaEventLog(known) as log:
            log.append([registered("a")])
            assert len(log.read("facts")) == 1


def test_a_wrong_password_is_one_line(tmp_path: Path, server: KafkaServer) -> None:
    _, found = examined(tmp_path, **over_tls(server, "falsch"))

    assert f"不接受用户 {USER} 的登录" in only(found, "kafka")["zh"]
    assert lines(found, "topics") == []  # nothing more is said of a server that lets nobody in


def test_a_certificate_that_is_not_trusted_is_one_line(tmp_path: Path, server: KafkaServer) -> None:
    settings = {k: v for k, v in over_tls(server, PASSWORD).items() if k != "KAFKA_CA_FILE"}

    _, found = examined(tmp_path, **settings)

    assert "DUBAN_KAFKA_CA_FILE" in only(found, "kafka")["zh"]


def test_no_server_at_all_is_a_line_for_each(tmp_path: Path) -> None:
    done, found = examined(tmp_path)

    assert done.exit_code == 1
    assert "127.0.0.1:1 连接不上" in only(found, "kafka")["zh"]
    assert "DUBAN_ELASTIC_URL" in only(found, "elastic")["zh"]
    assert all("\n" not in one["zh"] + one["en"] for one in found)


def test_addresses_that_are_missing_are_told(tmp_path: Path) -> None:
    _, found = examined(tmp_path, KAFKA_ADDRESS="", ELASTIC_URL="")

    assert "DUBAN_KAFKA_ADDRESS" in only(found, "kafka")["zh"]
    assert "DUBAN_ELASTIC_URL" in only(found, "elastic")["zh"]


def test_a_search_server_without_our_indices_is_no_fault(
    tmp_path: Path, search: ElasticSettings
) -> None:
    _, found = examined(tmp_path, ELASTIC_URL=search.url, ELASTIC_PREFIX=search.prefix)

    assert "版本 9." in only(found, "elastic", "good")["zh"]
    assert only(found, "mappings", "note")
    assert [one["state"] for one in found if one["about"] == "clock"] == ["good"]


def test_a_mapping_changed_by_hand_is_told(tmp_path: Path, search: ElasticSettings) -> None:
    client: Elasticsearch
    with contextlib.closing(connected(search)) as client:
        made = Indices(client, search).ensure()
        _, before = examined(tmp_path, ELASTIC_URL=search.url, ELASTIC_PREFIX=search.prefix)
        client.indices.put_mapping(
            index=made.index("findings"), properties={"theirs": {"type": "keyword"}}
        )

        _, after = examined(tmp_path, ELASTIC_URL=search.url, ELASTIC_PREFIX=search.prefix)

    assert only(before, "mappings", "good")
    one = only(after, "mappings")
    assert one["where"] == made.index("findings")
    assert "theirs" in one["zh"]
    assert one["mend"] == "duban rebuild --profile distributed"


def test_a_server_that_is_not_elasticsearch_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        where = f"http://127.0.0.1:{silent.getsockname()[1]}"

        _, found = examined(tmp_path, ELASTIC_URL=where, ELASTIC_TIMEOUT=1)

    assert "1 秒内没有应答" in only(found, "elastic")["zh"]
