"""`duban serve` scraped while it reads a county: its counters against what it recorded."""

from __future__ import annotations

import json
import subprocess
import time
from collections import Counter
from typing import Any, NamedTuple, get_args
from urllib.request import urlopen

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from duban.adapters.embedded.store import EmbeddedStore
from duban.domain.event import Event, ReportAssessed, ReportRead, Topic, decode
from duban.samples.making import make
from duban.samples.portal import Portal
from duban.testing.programs import program
from duban.testing.serving import Served, served

PATIENCE_S = 120.0
Labels = tuple[tuple[str, str], ...]
Figures = dict[tuple[str, Labels], float]
TOPICS: tuple[Topic, ...] = get_args(Topic)


class Seen(NamedTuple):
    """All scrapes in order, what the pages said at the end, and the history."""

    scrapes: list[Figures]
    text: bytes
    overview: dict[str, Any]
    ready: dict[str, Any]
    alive: dict[str, Any]
    events: list[Event]


def exposed(server: Served) -> bytes:
    with urlopen(server.address + "metrics", timeout=20) as answer:
        text: bytes = answer.read()
        return text


def scrape(server: Served) -> Figures:
    text = exposed(server).decode()
    return {
        (one.name, tuple(sorted(one.labels.items()))): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


def ask(server: Served, path: str) -> dict[str, Any]:
    with urlopen(server.address + path, timeout=20) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def total(figures: Figures, name: str, **labels: str) -> float:
    wanted = set(labels.items())
    return sum(
        value for (one, have), value in figures.items() if one == name and wanted <= set(have)
    )


def settle(server: Served, least: int) -> list[Figures]:
    """Scrape until so many files were read and nothing is left to do for a while."""
    scrapes: list[Figures] = []
    end, quiet = time.monotonic() + PATIENCE_S, 0
    while quiet < 5:
        assert time.monotonic() < end, "the machine did not come to rest"
        scrapes.append(scrape(server))
        now = scrapes[-1]
        is_done = total(now, "duban_documents_read_total") >= least
        idle = is_done and not total(now, "duban_unit_lag_events")
        quiet = quiet + 1 if idle else 0
        time.sleep(0.3)
    return scrapes


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    folder = tmp_path_factory.mktemp("office")
    made = make(folder / "portal", seed=1, agencies=6, years=(2022, 2023, 2024), fault_rate=0.4)
    with Portal(folder / "portal") as portal:
        roster = yaml.safe_load((folder / "portal" / "roster.yaml").read_text("utf-8"))
        for agency in roster["agencies"]:
            agency["columns"] = [portal.address + path for path in agency["columns"]]
        (folder / "roster.yaml").write_text(yaml.safe_dump(roster, allow_unicode=True), "utf-8")
        options = ("--roster", folder / "roster.yaml", "--allow-loopback", "--delay", 0)
        with served(folder, *options, "--interval", 1) as server:
            scrapes = settle(server, made.reports)
            text = exposed(server)
            overview = ask(server, "api/v1/overview")
            ready, alive = ask(server, "readyz"), ask(server, "healthz")
    with EmbeddedStore(folder / "data") as store:
        rows = store.log.read_raw(TOPICS, 0, 100_000)
    return Seen(scrapes, text, overview, ready, alive, [decode(data) for _, _, data in rows])


def test_every_event_recorded_was_counted_once(seen: Seen) -> None:
    names = Counter(event.name for event in seen.events)

    last = seen.scrapes[-1]
    counted = {
        name: total(last, "duban_events_total", unit="indexer", event=name) for name in names
    }

    assert counted == dict(names)
    assert total(last, "duban_events_total", unit="indexer") == len(seen.events)
    assert not total(last, "duban_events_total", outcome="set_aside")


def test_prometheus_finds_no_fault_in_what_is_exposed(seen: Seen) -> None:
    command = (program("promtool", "prometheus"), "check", "metrics")
    done = subprocess.run(command, input=seen.text, capture_output=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert not done.stdout + done.stderr


def test_units_count_what_they_handled(seen: Seen) -> None:
    names = Counter(event.name for event in seen.events)
    last = seen.scrapes[-1]

    posted = total(last, "duban_events_total", unit="intake", event="report.posted")
    read = total(last, "duban_events_total", unit="agency", event="report.read")

    assert posted == names["report.posted"] == total(last, "duban_documents_read_total")
    assert read == names["report.read"]
    assert total(last, "duban_documents_read_total", status="report") >= read


def test_rule_outcomes_are_those_of_the_recorded_judgements(seen: Seen) -> None:
    recorded = Counter(
        (one.rule, one.outcome)
        for event in seen.events
        if isinstance(event.body, ReportAssessed)
        for one in event.body.outcomes
    )

    counted = {
        (dict(labels)["rule"], dict(labels)["outcome"]): value
        for (name, labels), value in seen.scrapes[-1].items()
        if name == "duban_rule_outcomes_total"
    }

    assert recorded
    assert counted == dict(recorded)


def test_figures_agree_with_the_front_page(seen: Seen) -> None:
    ledger, last = seen.overview["ledger"], seen.scrapes[-1]
    judged = {
        (event.body.agency_id, event.body.year)
        for event in seen.events
        if isinstance(event.body, ReportAssessed)
    }

    assert ledger["compliant"] + ledger["failing"] == len(judged)
    assert total(last, "duban_posted_to_visible_seconds_count", outcome="assessed") == len(judged)
    assert total(last, "duban_index_queue_events") == 0


def test_a_report_takes_its_time_at_each_stage(seen: Seen) -> None:
    last = seen.scrapes[-1]
    read = sum(isinstance(event.body, ReportRead) for event in seen.events)
    posted = sum(event.name == "report.posted" for event in seen.events)

    def stage(name: str) -> float:
        return total(last, "duban_stage_seconds_count", stage=name)

    assert stage("posted_to_read") == posted
    assert stage("read_to_judged") == stage("read_to_visible") == read
    waits = total(last, "duban_posted_to_visible_seconds_sum", outcome="assessed")
    assert 0 < waits / read < 60


def test_counters_never_fall_while_reports_are_read(seen: Seen) -> None:
    falls = [
        (key, before[key], after[key])
        for before, after in zip(seen.scrapes, seen.scrapes[1:], strict=False)
        for key in before
        if key[0].endswith(("_total", "_count", "_bucket")) and after.get(key, 0) < before[key]
    ]

    assert len(seen.scrapes) > 5
    assert not falls


def test_fetches_are_counted_by_class_of_host_and_no_host_is_named(seen: Seen) -> None:
    last = seen.scrapes[-1]

    assert total(last, "duban_fetches_total", hosts="address", outcome="ok") >= 6
    assert not total(last, "duban_fetches_total", hosts="gov_cn")
    assert total(last, "duban_crawl_rounds_total", outcome="ended") >= 1
    assert "127.0.0.1" not in str(last.keys())


def test_a_settled_office_is_alive_and_ready(seen: Seen) -> None:
    assert seen.alive == {"ok": True, "checks": {"units": True}}
    assert seen.ready == {
        "ok": True,
        "checks": {"units": True, "views": True, "reading": True},
    }
    last = seen.scrapes[-1]
    assert total(last, "duban_clock_trusted") == 1
    assert total(last, "duban_worker_processes", pool="reading") >= 1
    assert total(last, "duban_figures_missing") == 0
    assert 0 <= time.time() - total(last, "duban_last_day_timestamp_seconds") < 2 * 86400
    assert total(last, "duban_data_disk_free_bytes") > 0
