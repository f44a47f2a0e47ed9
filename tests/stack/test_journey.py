"""One county, both profiles: crawled, read, judged and indexed to the same last finding."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

pytest.importorskip("kafka")
pytest.importorskip("faust")
pytest.importorskip("elasticsearch")

from tests.stack.canonical import courses, differences, shown, standing
from tests.stack.commands import Commands, metric
from tests.stack.removing import remove
from tests.stack.server import free_ports
from tests.stack.survey import Survey

from duban.adapters.elastic.elastic_index import ElasticIndex
from duban.adapters.embedded.store import EmbeddedStore
from duban.config_servers import elastic_settings
from duban.config_source import kafka_settings
from duban.domain.event import decode
from duban.samples.making import make, roster_text
from duban.samples.portal import Portal

#: `DUBAN_JOURNEY=50x6` lives through a whole county.
AGENCIES, YEARS = map(int, os.environ.get("DUBAN_JOURNEY", "10x3").split("x"))
PATIENCE_S = 240.0 + 2.0 * AGENCIES * YEARS
LAST_YEAR = 2025
PHRASES = ("公开", "依法", "主动公开", "政府信息公开工作", "行政复议", "2024年", "无此词语在文中")
CRAWL = ("--allow-loopback", "--interval", "3600", "--delay", "0")


@pytest.fixture
def environment(kafka: str, elastic: str, prefix: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    found = {
        "DUBAN_KAFKA_ADDRESS": kafka,
        "DUBAN_KAFKA_PREFIX": prefix,
        "DUBAN_KAFKA_PARTITIONS": "3",
        "DUBAN_ELASTIC_URL": elastic,
        "DUBAN_ELASTIC_PREFIX": prefix,
        "DUBAN_BLOBS_URL": str(tmp_path / "originals"),
    }
    yield found
    remove(found)


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    """A county with faults and gaps, everything posted."""
    years = tuple(range(LAST_YEAR - YEARS + 1, LAST_YEAR + 1))
    folder = tmp_path / "portal"
    make(folder, seed=7, agencies=AGENCIES, years=years, fault_rate=0.5, gap_rate=0.1)
    with Portal(folder) as running:
        yield running


def test_both_profiles_come_to_the_same_findings_ledger_and_hits(
    environment: dict[str, str], portal: Portal, tmp_path: Path
) -> None:
    roster = tmp_path / "roster.yaml"
    roster.write_text(roster_text(portal.agencies(), f"{portal.address}/"), encoding="utf-8")
    with ExitStack() as running:
        alone = running.enter_context(Commands(tmp_path, {}))
        stack = running.enter_context(Commands(tmp_path, environment))
        survey = running.enter_context(Survey(kafka_settings(environment=environment)))
        pages = free_ports(2)
        stack.run("topics", "apply")
        serve(alone, "alone", pages[0], roster)
        serve(stack, "edge", pages[1], roster, "--profile", "distributed")
        worker(stack, "one", "intake,agency,indexer")
        worker(stack, "two", "intake,agency")
        alone.wait_until(partial(has_crawled, pages[0]), PATIENCE_S)
        alone.wait_until(lambda: metric(pages[0], "duban_index_queue_events") == 0, PATIENCE_S)
        stack.wait_until(partial(has_crawled, pages[1]), PATIENCE_S)
        stack.wait_until(survey.is_done, PATIENCE_S)
        ended = {**alone.stop(), **stack.stop()}
        other = courses(decode(one.value) for one in survey.all("facts"))
        with EmbeddedStore(tmp_path / "alone") as store:
            mine = courses(one.event for one in store.log.read("facts", limit=1_000_000))
        otherwise = {agency for agency in mine if mine[agency] != other[agency]}
        there = distributed(environment, survey, otherwise)

    here = embedded(tmp_path / "alone", otherwise)
    assert set(ended.values()) == {0}, f"{ended}\n{alone.said()}\n{stack.said()}"
    told = list(differences(here, there))
    assert not told, "\n".join(told[:40])
    assert here["findings"]
    assert here["alerts"]
    assert {*mine} == {*other}


def serve(commands: Commands, name: str, port: int, roster: Path, *more: str) -> None:
    """An office that looks once at every column of the roster."""
    commands.start(
        name, "serve", "--roster", str(roster), "--data", name, "--port", str(port), *CRAWL, *more
    )


def worker(commands: Commands, name: str, units: str) -> None:
    """A worker with state of its own."""
    commands.start(name, "worker", "--only", units, "--data", name, "--port", "0")


def has_crawled(port: int) -> bool:
    """Whether the first round ended and the units of the office have taken what came of it."""
    is_over = bool(metric(port, "duban_crawl_rounds_total"))
    return is_over and metric(port, "duban_unit_lag_events") == 0


def embedded(data: Path, otherwise: set[str]) -> Mapping[str, object]:
    """What the office of one process shows."""
    with EmbeddedStore(data) as store:
        alerts = [one.event for one in store.log.read("alerts", limit=1_000_000)]
        return {**shown(store.index, PHRASES), "alerts": standing(alerts, otherwise)}


def distributed(
    environment: Mapping[str, str], survey: Survey, otherwise: set[str]
) -> Mapping[str, object]:
    """What the pages of the edge show."""
    with ElasticIndex(elastic_settings(environment), lanes=3) as index:
        alerts = [decode(one.value) for one in survey.all("alerts")]
        return {**shown(index, PHRASES), "alerts": standing(alerts, otherwise)}
