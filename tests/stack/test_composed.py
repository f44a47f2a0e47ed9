"""docker-compose.yml's own commands, run on real servers: a county is watched, read and judged."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("kafka")
pytest.importorskip("faust")
pytest.importorskip("elasticsearch")

from click.testing import CliRunner
from tests.stack.composed import Composed

from duban.adapters.elastic.client import connected
from duban.adapters.kafka.connection import administration
from duban.cli import group
from duban.config import ElasticSettings, KafkaSettings

pytestmark = pytest.mark.long

PARTITIONS = 2
_PATIENCE_S = 240.0


@pytest.fixture
def composed(kafka: str, elastic: str, prefix: str, tmp_path: Path) -> Iterator[Composed]:
    """The servers of the tests instead of the file's, under a prefix of this test's own."""
    environment = {
        "DUBAN_KAFKA_ADDRESS": kafka,
        "DUBAN_KAFKA_PREFIX": prefix,
        "DUBAN_KAFKA_PARTITIONS": str(PARTITIONS),
        "DUBAN_ELASTIC_URL": elastic,
        "DUBAN_ELASTIC_PREFIX": prefix,
        "DUBAN_ELASTIC_USER": "",  # the server of the tests asks for no login
        "DUBAN_ELASTIC_PASSWORD": "",
        "DUBAN_SAMPLES_PORTAL_AGENCIES": "5",
        "DUBAN_SAMPLES_PORTAL_EVERY": "1",
    }
    try:
        with Composed(tmp_path, environment) as running:
            yield running
    finally:
        settings = KafkaSettings(addresses=(kafka,), prefix=prefix, partitions=PARTITIONS)
        with administration(settings) as client:
            ours = [name for name in client.list_topics() if name.startswith(prefix)]
            client.delete_topics(ours)
            client.delete_groups(
                [g["group_id"] for g in client.list_groups() if g["group_id"].startswith(prefix)]
            )
        with contextlib.closing(connected(ElasticSettings(url=elastic, prefix=prefix))) as search:
            for name in search.indices.get(index=f"{prefix}*"):
                search.indices.delete(index=name)


def test_the_composed_services_watch_a_county_to_its_findings(
    composed: Composed, tmp_path: Path
) -> None:
    topics = composed.run("topics")
    assert topics.returncode == 0, topics.stderr
    for name in ("portal", "edge-demo", "worker-1", "indexer"):
        composed.start(name)

    until = time.monotonic() + _PATIENCE_S
    while not (found := composed.ask("edge-demo", 8080, "/api/v1/findings")["rows"]):
        logs = "\n".join(composed.said(name) for name in ("edge-demo", "worker-1", "indexer"))
        assert time.monotonic() < until, logs
        time.sleep(1)
    figures = composed.ask("indexer", 9464, "/metrics")
    examined = CliRunner().invoke(
        group,
        ["doctor", "--profile", "distributed", "--data", str(tmp_path / "edge-demo")],
        env=dict(composed.environment("edge-demo")),
    )
    ended = composed.stop()

    assert {one["agency_id"] for one in found}
    assert "duban_events_total" in figures
    assert examined.exit_code == 0, examined.output
    assert set(ended.values()) == {0}, ended
