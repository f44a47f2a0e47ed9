"""A clock far ahead of the last record: commands that record know the option it is told of."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from duban import assets
from duban.adapters.clock import SHANGHAI
from duban.adapters.embedded.store import EmbeddedStore
from duban.cli import group
from duban.domain.event import Topic
from duban.errors import EventError
from duban.processors.processor import Chain
from duban.testing.events import checked, read, registered, released
from duban.testing.runner import evaluator

LAST = datetime.now(SHANGHAI) - timedelta(days=3 * 365)
SILENCE = ("alerts", "silence", "--all", "--until", "2099-01-01", "--reason", "试")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A history that ended years ago."""
    with EmbeddedStore(tmp_path / "data") as store:
        store.log.append(
            [replace(registered("a", "甲县财政局"), at=LAST), replace(checked("a"), at=LAST)]
        )
    return tmp_path / "data"


@pytest.fixture
def stuck(data: Path) -> Path:
    """The same, and an event in it could not be handled."""
    with EmbeddedStore(data) as store:
        store.log.append(replace(one, at=LAST) for one in (released(), read("a", 2023, "崩溃")))
        store.runner(Chain("agency", (evaluator(),))).run_until_idle()
    return data


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(group, [*arguments, "--data", str(data)])


def recorded(data: Path) -> list[datetime]:
    """When everything was recorded that came after the old history."""
    topics: tuple[Topic, ...] = ("facts", "alerts")
    with EmbeddedStore(data) as store:
        every = [one.event.at for topic in topics for one in store.log.read(topic, 0, 9999)]
    return [at for at in every if at != LAST]


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    shutil.copytree(assets.find("rules"), tmp_path / "rules")
    return tmp_path / "rules"


def test_judging_tells_of_the_clock_and_takes_the_option_it_names(data: Path, rules: Path) -> None:
    command = ("judge", "--rulebook", str(rules))
    judged = run(data, *command, "--accept-clock")

    assert judged.exit_code == 0, judged.output
    now = datetime.now(SHANGHAI)
    assert all(now - at < timedelta(minutes=5) for at in recorded(data))
    assert recorded(data)


def test_a_retry_takes_the_option_too(stuck: Path) -> None:
    retried = run(stuck, "events", "retry", "--all", "--accept-clock")

    assert retried.exit_code == 0, retried.output
    [asked] = recorded(stuck)
    assert datetime.now(SHANGHAI) - asked < timedelta(minutes=5)


def test_a_silence_is_refused_until_the_clock_is_accepted(data: Path) -> None:
    refused = run(data, *SILENCE)
    assert isinstance(refused.exception, EventError)
    assert "--accept-clock" in str(refused.exception)
    assert "--accept-clock" in refused.exception.english

    assert run(data, *SILENCE, "--accept-clock").exit_code == 0
    assert len(recorded(data)) == 1
    assert run(data, "alerts", "list", "--accept-clock").exit_code == 0
    lifted = run(data, "alerts", "unsilence", "", "--accept-clock")
    assert lifted.exit_code == 0, lifted.output
