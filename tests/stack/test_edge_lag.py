"""What an edge says it has still to hand on to Kafka: everything it hands on, not facts alone."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

pytest.importorskip("kafka")
pytest.importorskip("faust")

from duban.config import KafkaSettings, Settings
from duban.distributed.edge import Edge
from duban.domain.event import Event
from duban.testing.alerts import silenced
from duban.testing.events import at, posted, registered

PATIENCE_S = 30.0


@pytest.mark.parametrize("event", [registered("a"), posted("x"), silenced("s", at(60))])
def test_every_event_that_waits_to_be_handed_on_is_told(
    topics: KafkaSettings, tmp_path: Path, event: Event
) -> None:
    with Edge(Settings(data=tmp_path), None, kafka=topics, parts=("notifier",)) as edge:
        edge.store.log.append([event])
        assert _lag(edge) == 1

        edge.start(crawl=False)
        until = time.monotonic() + PATIENCE_S
        while _lag(edge) and time.monotonic() < until:
            time.sleep(0.1)
        assert _lag(edge) == 0


def _lag(edge: Edge) -> float:
    """What the figures say of the one unit of this edge."""
    name = 'duban_unit_lag_events{unit="forwarder"} '
    lines = edge.machinery.figures().decode().splitlines()
    return float(next(line for line in lines if line.startswith(name)).rpartition(" ")[2])
