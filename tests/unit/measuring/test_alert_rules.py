"""The alert rules for Prometheus: they name only what the program exposes, and fire when meant."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from duban.measuring.catalogue import METRICS, OTHER
from duban.testing.programs import program

FOLDER = Path(__file__).parents[3] / "dashboards" / "prometheus"
RULES = FOLDER / "duban.rules.yml"
TESTS = sorted(FOLDER.glob("*.test.yml"))
DECLARED = {metric.name: metric for metric in METRICS}
LABELS_OF_A_SCRAPE = {"instance", "job"}


def alerts() -> dict[str, str]:
    """The expression of each alert."""
    body = yaml.safe_load(RULES.read_text("utf-8"))
    rules = [rule for group in body["groups"] for rule in group["rules"]]
    return {rule["alert"]: rule["expr"] for rule in rules}


def declared_name(exposed: str) -> str:
    """The metric that exposes a name; of a histogram there are several."""
    base = re.sub(r"_(bucket|sum|count)$", "", exposed)
    is_part = base in DECLARED and DECLARED[base].kind == "histogram"
    return base if is_part else exposed


def named_in(text: str) -> set[str]:
    return {declared_name(found) for found in re.findall(r"\bduban_[a-z_]+", text)}


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("alert", alerts())
def test_a_rule_asks_only_for_metrics_that_exist(alert: str) -> None:
    names = named_in(alerts()[alert])

    assert names or alert == "DubanDown"
    assert names <= set(DECLARED)


@pytest.mark.parametrize("alert", alerts())
def test_a_rule_asks_only_for_labels_and_values_that_exist(alert: str) -> None:
    for name, matchers in re.findall(r"\b(duban_[a-z_]+)\{([^}]*)\}", alerts()[alert]):
        declared = {label.name: label for label in DECLARED[declared_name(name)].labels}
        for label, values in re.findall(r'(\w+)\s*=~?\s*"([^"]*)"', matchers):
            assert label in declared or label in LABELS_OF_A_SCRAPE
            assert set(values.split("|")) <= {*declared[label].values, OTHER}


def test_the_series_of_the_tests_are_those_of_the_program() -> None:
    for path in TESTS:
        for test in yaml.safe_load(path.read_text("utf-8"))["tests"]:
            for one in test["input_series"]:
                found = re.fullmatch(r"(\w+)\{([^}]*)\}", one["series"])
                assert found is not None
                if found[1] == "up":
                    continue
                metric = DECLARED[declared_name(found[1])]
                given = dict(re.findall(r'(\w+)="([^"]*)"', found[2]))
                own = set(given) - LABELS_OF_A_SCRAPE - {"le"}
                assert own <= set(metric.label_names), one
                for label in metric.labels:
                    assert given.get(label.name, OTHER) in {*label.values, OTHER}, one


@pytest.mark.parametrize("alert", alerts())
def test_an_alert_is_shown_to_fire_by_a_test(alert: str) -> None:
    assert any(f'alertname="{alert}"' in path.read_text("utf-8") for path in TESTS)


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name)
def test_alerts_fire_when_they_should_and_not_else(path: Path) -> None:
    done = run(program("promtool", "prometheus"), "test", "rules", path.name)

    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_finds_no_fault_in_rules_and_example() -> None:
    promtool = program("promtool", "prometheus")
    for command in (("check", "rules", RULES.name), ("check", "config", "prometheus.example.yml")):
        done = run(promtool, *command)
        assert done.returncode == 0, done.stdout + done.stderr


def test_amtool_finds_no_fault_in_the_example() -> None:
    done = run(
        program("amtool", "prometheus-alertmanager"), "check-config", "alertmanager.example.yml"
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_example_holds_back_only_alerts_that_exist() -> None:
    text = (FOLDER / "alertmanager.example.yml").read_text("utf-8")
    named = set(re.findall(r"\bDuban\w+", text))

    assert named
    assert named <= set(alerts())
