"""`duban serve --only`: what does not fit together is refused before anything is opened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from duban.cli import group
from duban.errors import UsageError

KAFKA = "127.0.0.1:9"
CALLS = ("serve", "worker", "doctor", "rebuild", "backup", "judge", "demo", "topics apply")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("KAFKA_ADDRESS", "ELASTIC_URL", "BLOBS_URL", "SETTINGS"):
        monkeypatch.delenv(f"DUBAN_{name}", raising=False)
    monkeypatch.chdir(tmp_path)


def refused(*arguments: str) -> UsageError:
    result = CliRunner().invoke(group, ["serve", *arguments])
    assert isinstance(result.exception, UsageError), result.output
    assert not list(Path().iterdir())
    return result.exception


def test_parts_are_for_the_distributed_profile() -> None:
    error = refused("--only", "pages")

    assert "--profile distributed" in str(error)
    assert "--profile distributed" in error.english


def test_a_part_that_is_none_is_told_with_those_that_are() -> None:
    error = refused("--profile", "distributed", "--only", "pages,crawl")

    assert "“crawl”" in str(error)
    assert "crawler、pages、notifier" in str(error)


def test_the_crawler_alone_needs_a_roster_and_the_notifier_a_plan() -> None:
    assert "--roster" in str(refused("--profile", "distributed", "--only", "crawler"))
    assert "--alerts" in str(refused("--profile", "distributed", "--only", "notifier"))


def test_pages_alone_need_to_know_where_all_keep_the_originals(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DUBAN_ELASTIC_URL", "http://127.0.0.1:9")
    error = refused("--profile", "distributed", "--only", "pages", "--kafka", KAFKA, "--port", "0")

    assert "DUBAN_BLOBS_URL" in str(error)


def test_pages_need_elasticsearch_and_say_so_by_its_name() -> None:
    error = refused("--profile", "distributed", "--only", "pages", "--kafka", KAFKA, "--port", "0")

    assert "没有 Elasticsearch 的地址" in str(error)


def command_of(call: str) -> click.Command:
    context = click.Context(group)
    found: click.Command = group
    for name in call.split():
        assert isinstance(found, click.Group)
        child = found.get_command(context, name)
        assert child is not None
        found = child
    return found


def options() -> Iterator[tuple[str, click.Option]]:
    for call in CALLS:
        for one in command_of(call).params:
            if isinstance(one, click.Option):
                yield call, one


def test_an_option_is_spelled_alike_in_every_command() -> None:
    spelled: dict[str, set[tuple[object, ...]]] = {}
    for _, one in options():
        for name in one.opts:
            kind = type(one.type).__name__
            spelled.setdefault(name, set()).add((one.metavar, kind, one.is_flag, one.multiple))

    differing = {name for name, ways in spelled.items() if len(ways) > 1}
    assert differing <= {"--only"}  # parts of the edge are no units of a worker
