"""The figures of a worker's unit, and whether it may be relied on."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from duban.config_worker import WorkerSettings
from duban.domain.event import encode
from duban.errors import UsageError
from duban.ports import SetAside
from duban.testing.events import posted, read

pytest.importorskip("kafka")
pytest.importorskip("faust")

from duban.adapters.kafka.partition_reader import Raw
from duban.adapters.kafka.taken import Taken
from duban.distributed.machinery import exposition, figures_of, told_at, told_by


class Worker:
    """What a worker tells of itself."""

    def __init__(self) -> None:
        self.count = 3
        self.is_ready = True
        self.is_connected = True

    def left(self) -> dict[tuple[str, int], int]:
        return {("facts", 0): self.count, ("facts", 1): 0}

    def has_partitions(self) -> bool:
        return self.is_ready

    def has_failed(self) -> bool:
        return False

    def reaches_kafka(self) -> bool:
        return self.is_connected


@pytest.fixture
def worker() -> Worker:
    return Worker()


@pytest.fixture
def figures() -> Any:
    return figures_of("agency", 4)


@pytest.fixture
def address(worker: Worker, figures: Any, tmp_path: Path) -> Iterator[str]:
    told = exposition(figures, cast("Any", worker), "agency", tmp_path)
    settings = WorkerSettings(data=tmp_path, units=("agency",), port=0)
    with told_at(told, settings) as found:
        yield found


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_lag_and_profile_are_told(address: str) -> None:
    _, text = get(address)

    assert 'duban_unit_lag_events{unit="agency"} 3.0' in text
    assert 'profile="distributed"' in text
    assert "duban_units_running 1.0" in text


def test_a_worker_without_partitions_is_alive_and_not_ready(address: str, worker: Worker) -> None:
    worker.is_ready = False

    assert get(address.replace("metrics", "healthz"))[0] == 200
    assert get(address.replace("metrics", "readyz"))[0] == 503


def test_a_worker_that_kafka_does_not_answer_is_alive_and_not_ready(
    address: str, worker: Worker
) -> None:
    worker.is_connected = False

    assert get(address.replace("metrics", "healthz"))[0] == 200
    assert get(address.replace("metrics", "readyz"))[0] == 503


def test_events_are_counted_by_what_became_of_them(figures: Any, address: str) -> None:
    told = told_by(figures, "agency")
    good, bad = (
        Raw(0, place, one.key, one.id, one.name, encode(one), "", "facts")
        for place, one in enumerate((read("a", 2024), posted("x")))
    )

    told([good], Taken(writes={"0/part": b""}), 0.1)  # the first of several steps
    told([good], Taken(writes={"0/cursor": b""}), 0.1)
    aside = Taken(writes={"0/cursor": b""}, rows=((bad, SetAside(2, "x", bad.id, "?")),))
    told([bad], aside, 0.1)

    _, text = get(address)
    assert 'event="report.read",outcome="handled",unit="agency"} 1.0' in text
    assert 'event="report.posted",outcome="set_aside",unit="agency"} 1.0' in text
    assert 'duban_stage_seconds_count{stage="read_to_judged"} 1.0' in text


def test_a_port_that_is_taken_is_told(worker: Worker, figures: Any, tmp_path: Path) -> None:
    told = exposition(figures, cast("Any", worker), "agency", tmp_path)
    with told_at(told, WorkerSettings(data=tmp_path, port=0)) as found:
        port = int(found.rpartition(":")[2].removesuffix("/metrics"))
        taken = WorkerSettings(data=tmp_path, port=port)
        with pytest.raises(UsageError, match="--port"), told_at(told, taken):
            pass
