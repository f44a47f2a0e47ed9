"""docker-compose.yml's own commands, run on real servers: a county is watched, read and judged.

Crawler, web and notifier are killed meanwhile, each in the middle of its work.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("kafka")
pytest.importorskip("faust")
pytest.importorskip("elasticsearch")

from click.testing import CliRunner
from tests.stack.composed import Composed
from tests.stack.removing import remove
from tests.stack.survey import Survey

from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.kafka.forwarder import TOPICS
from duban.cli import group
from duban.config_source import kafka_settings
from duban.domain.event import ReportRead, ReportRejected, decode, encode

pytestmark = pytest.mark.long

PARTITIONS = 2
EDGE = ("crawler-demo", "web", "notifier")
KILLS = 6
_PARTITIONED = ("posted", "facts", "alerts")


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
        remove({name: value for name, value in environment.items() if value})


def test_the_composed_services_watch_a_county_and_lose_and_double_nothing_when_killed(
    composed: Composed, tmp_path: Path
) -> None:
    topics = composed.run("topics")
    assert topics.returncode == 0, topics.stderr
    for name in ("portal", *EDGE, "worker-1", "indexer"):
        composed.start(name)

    chance = random.Random(5)
    for name in [*EDGE, *chance.choices(EDGE, k=KILLS - len(EDGE))]:
        time.sleep(chance.uniform(0.5, 3.0))
        composed.kill(name)
        composed.start(name)
    messages = tmp_path / "messages" / "messages.jsonl"
    composed.wait_until(lambda: composed.ask("web", 8080, "/api/v1/findings")["rows"])
    composed.wait_until(messages.is_file)
    with Survey(kafka_settings(environment=composed.environment("web"))) as survey:
        composed.wait_until(lambda: survey.is_done() and _is_idle(composed))
        figures = composed.ask("indexer", 9464, "/metrics")
        crawler = composed.ask("crawler-demo", 9461, "/metrics")
        examined = CliRunner().invoke(
            group,
            ["doctor", "--profile", "distributed", "--data", str(tmp_path / "web")],
            env=dict(composed.environment("web")),
        )
        ended = composed.stop()
        there = {topic: survey.all(topic) for topic in _PARTITIONED}

    assert set(ended.values()) == {0}, ended
    assert examined.exit_code == 0, examined.output
    assert "duban_events_total" in figures
    assert "duban_fetches_total" in crawler
    told = [json.loads(line)["id"] for line in messages.read_text("utf-8").splitlines()]
    assert told
    assert [one for one, count in Counter(told).items() if count > 1] == []
    values = {(topic, one.id, one.value) for topic, raws in there.items() for one in raws}
    assert len(values) == len({(topic, event_id) for topic, event_id, _ in values})
    for name in EDGE:
        with EmbeddedStore(tmp_path / name) as store:
            recorded = [
                one.event for topic in TOPICS for one in store.log.read(topic, limit=100_000)
            ]
        assert {(one.topic, one.id, encode(one)) for one in recorded} <= values, name
    posted = [decode(one.value) for one in {one.id: one for one in there["posted"]}.values()]
    traces = Counter(
        body.posted_id
        for one in {one.id: one for one in there["facts"]}.values()
        if isinstance(body := decode(one.value).body, ReportRead | ReportRejected)
    )
    assert dict(traces) == {one.id: 1 for one in posted}
    urls = Counter((one.body.url, one.body.sha256) for one in posted)  # type: ignore[union-attr]
    assert [one for one, count in urls.items() if count > 1] == []


def _is_idle(composed: Composed) -> bool:
    """Whether every outbox is empty."""
    for name, port in (("crawler-demo", 9461), ("web", 8080), ("notifier", 9462)):
        lines = composed.ask(name, port, "/metrics").splitlines()
        lag = [line for line in lines if line.startswith("duban_unit_lag_events")]
        if any(float(line.rpartition(" ")[2]) for line in lag):
            return False
    return True
