"""What is told to the figures is counted once, under declared labels only."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from duban.domain.event import Event, EventRetried, ReportAssessed, derived_id
from duban.domain.event import record as fact
from duban.domain.finding import Coverage, Outcome
from duban.errors import StorageError
from duban.measuring import catalogue
from duban.measuring.catalogue import METRICS, OTHER
from duban.measuring.exposing import Exposition
from duban.measuring.figures import Figures
from duban.measuring.reference import render
from duban.measuring.sampling import Sample
from duban.observing import Taken
from duban.ports import Recorded
from duban.testing.events import read, rejected

NOW = datetime(2025, 2, 1, 12, tzinfo=UTC)


@pytest.fixture
def figures() -> Figures:
    return Figures(lambda: NOW, rules=("SUM-01",))


def value(figures: Figures, name: str, **labels: str) -> float:
    return figures.registry.get_sample_value(name, labels) or 0.0


def assessed(cause: Event, *outcomes: Outcome) -> Event:
    body = ReportAssessed(
        agency_id="a", year=2024, sha256="x", revision=1, rulebook="1", rulebook_sha256="y",
        coverage=Coverage(), errors=0, warnings=0, infos=0, outcomes=outcomes,
    )  # fmt: skip
    return fact(body, id=derived_id(cause.id, "t", str(len(outcomes))), at=cause.at, cause=cause.id)


def posted_before(event: Event, ago_s: float) -> Event:
    at = NOW - timedelta(seconds=ago_s)
    body = msgspec.structs.replace(event.body, found_at=at)
    return msgspec.structs.replace(event, body=body, at=at + timedelta(seconds=1))


def test_a_report_is_followed_from_posted_to_visible(figures: Figures) -> None:
    event = posted_before(read("a", 2024, "正常"), 40)

    figures.indexed([Recorded(1, event)])
    figures.indexed([Recorded(2, assessed(event))])

    name = "duban_posted_to_visible_seconds"
    assert value(figures, f"{name}_count", outcome="assessed") == 1
    assert value(figures, f"{name}_sum", outcome="assessed") == 40
    assert value(figures, "duban_stage_seconds_sum", stage="read_to_visible") == 39


def test_a_report_that_is_judged_again_was_not_posted_again(figures: Figures) -> None:
    event = posted_before(read("a", 2024, "正常"), 40)

    figures.indexed([Recorded(1, event), Recorded(2, assessed(event))])
    figures.indexed([Recorded(3, assessed(event, Outcome("SUM-01", "pass", "")))])

    assert value(figures, "duban_posted_to_visible_seconds_count", outcome="assessed") == 1


def test_what_was_rejected_is_visible_too(figures: Figures) -> None:
    figures.indexed([Recorded(1, posted_before(rejected("scan"), 7))])

    assert value(figures, "duban_posted_to_visible_seconds_sum", outcome="rejected") == 7


def test_a_clock_that_is_behind_gives_no_negative_time(figures: Figures) -> None:
    figures.indexed([Recorded(1, posted_before(rejected("scan"), -90))])

    name = "duban_posted_to_visible_seconds"
    assert value(figures, f"{name}_count", outcome="rejected") == 1
    assert value(figures, f"{name}_sum", outcome="rejected") == 0


def test_views_that_are_filled_again_count_nothing_twice() -> None:
    figures = Figures(lambda: NOW, after=1)
    events = [Recorded(n, read("a", 2020 + n, "正常")) for n in (1, 2, 3)]

    figures.indexed(events[:2])
    figures.indexed(events)

    counted = value(
        figures, "duban_events_total", unit="indexer", event="report.read", outcome="handled"
    )
    assert counted == 2


def test_rule_outcomes_are_counted_by_rule_and_outcome(figures: Figures) -> None:
    outcomes = (Outcome("SUM-01", "fail", ""), Outcome("SUM-01", "pass", ""))
    event = read("a", 2024, "正常")

    figures.indexed(
        [Recorded(1, assessed(event, *outcomes)), Recorded(2, assessed(event, *outcomes[:1]))]
    )

    assert value(figures, "duban_rule_outcomes_total", rule="SUM-01", outcome="fail") == 2
    assert value(figures, "duban_rule_outcomes_total", rule="SUM-01", outcome="pass") == 1


def test_values_that_nobody_declared_do_not_become_labels(figures: Figures) -> None:
    event = read("a", 2024, "正常")
    retried = EventRetried(event_id="x", topic="facts", unit="http://h", key="a", by="测试员")

    figures.indexed([Recorded(1, assessed(event, Outcome("http://h", "pass", "")))])
    figures.indexed([Recorded(2, fact(retried, id="r", at=NOW))])
    figures.took_step("http://h", (), 0.1)
    figures.read_document("http://h", "report", 0.1)

    exposed = Exposition(figures, (), alive={}, ready={}).figures().decode()
    assert "http://" not in exposed
    assert value(figures, "duban_rule_outcomes_total", rule=OTHER, outcome="pass") == 1
    assert value(figures, "duban_retries_total", unit=OTHER) == 1


def test_a_step_counts_its_events_by_name_and_outcome(figures: Figures) -> None:
    at = NOW - timedelta(seconds=3)
    taken = [Taken("report.read", at, False), Taken("report.read", at, True)]

    figures.took_step("agency", [*taken, Taken("unreadable", None, True)], 0.2)

    def events(name: str, outcome: str) -> float:
        return value(figures, "duban_events_total", unit="agency", event=name, outcome=outcome)

    assert events("report.read", "handled") == events("report.read", "set_aside") == 1
    assert events("unreadable", "set_aside") == 1
    assert value(figures, "duban_stage_seconds_count", stage="read_to_judged") == 1
    assert value(figures, "duban_stage_seconds_sum", stage="read_to_judged") == 3
    assert value(figures, "duban_step_seconds_count", unit="agency") == 1


def test_two_processes_worth_of_figures_share_nothing(figures: Figures) -> None:
    other = Figures(lambda: NOW)

    other.fetched("gov_cn", "ok", 0.1)

    assert value(other, "duban_fetches_total", hosts="gov_cn", outcome="ok") == 1
    assert value(figures, "duban_fetches_total", hosts="gov_cn", outcome="ok") == 0


def test_what_may_fail_is_exposed_before_it_first_does(figures: Figures) -> None:
    found = figures.registry.get_sample_value("duban_reader_faults_total", {"media": "pdf"})

    assert found == 0  # or the first increase would come from nowhere, and alert nobody


def test_every_metric_exposed_is_declared_with_help_and_told_in_the_reference() -> None:
    figures = Figures(lambda: NOW, rules=("SUM-01",))
    text = Exposition(figures, (), alive={}, ready={}).figures().decode()
    page = render()

    exposed = {one.name for one in text_string_to_metric_families(text)}
    own = {name for name in exposed if not name.startswith("process_")}
    declared = {re.sub("_total$", "", metric.name) for metric in METRICS}

    assert own <= declared
    assert all(metric.help.endswith(".") and metric.help.isascii() for metric in METRICS)
    assert all(f"`{metric.name}`" in page for metric in METRICS)
    assert len(declared) == len(METRICS)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_name_tells_its_unit(metric: catalogue.Metric) -> None:
    endings = {
        "counter": ("_total",),
        "histogram": ("_seconds",),
        "gauge": (
            "_seconds", "_bytes", "_events", "_processes", "_info", "_left", "_trusted",
            "_unknown", "_running", "_missing",
        ),
    }  # fmt: skip
    assert metric.name.startswith("duban_")
    assert metric.name.endswith(endings[metric.kind])
    assert all(label.values or label.about for label in metric.labels)


def test_a_source_that_fails_is_left_out_and_counted(figures: Figures) -> None:
    def broken() -> list[Sample]:
        raise StorageError("数据文件无法读取。")

    whole = [lambda: [Sample(catalogue.CLOCK, 1)], broken]
    text = Exposition(figures, whole, alive={}, ready={}).figures().decode()

    assert "duban_clock_trusted 1.0" in text
    assert "duban_figures_missing 1.0" in text


def test_nothing_is_registered_for_the_whole_program() -> None:
    from prometheus_client import REGISTRY

    assert isinstance(REGISTRY, CollectorRegistry)
    Figures(lambda: NOW)
    assert REGISTRY.get_sample_value("duban_figures_missing") is None
