"""The doctor says of each thing what is wrong, where, and what mends it; and nothing is changed."""

from __future__ import annotations

import importlib.metadata
import json
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from duban import assets
from duban.adapters.clock import WallClock
from duban.adapters.embedded import schema
from duban.adapters.embedded.store import EmbeddedStore
from duban.cli import group
from duban.doctor import machine, office
from duban.doctor.finding import Finding, good, look
from duban.testing.events import registered


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def examined(*arguments: object, **environment: str) -> tuple[Result, list[dict[str, Any]]]:
    """The command as programs call it."""
    done = CliRunner().invoke(
        group, ["doctor", "--json", *map(str, arguments)], env=environment, catch_exceptions=False
    )
    return done, [json.loads(line) for line in done.output.splitlines()]


def of(found: list[dict[str, Any]], about: str) -> dict[str, Any]:
    (one,) = [one for one in found if one["about"] == about]
    return one


def wrong(found: list[dict[str, Any]]) -> list[str]:
    return [one["about"] for one in found if one["state"] == "wrong"]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with one event."""
    folder = tmp_path / "data"
    with EmbeddedStore(folder) as store:
        store.log.append([replace(registered("a"), at=WallClock().now())])
    return folder


def test_a_machine_with_nothing_wrong_is_told_so(data: Path) -> None:
    done, found = examined("--data", data)

    assert done.exit_code == 0
    assert wrong(found) == []
    assert of(found, "history")["zh"] == "已记录 1 个事件"
    assert {one["about"] for one in found} >= {"python", "disk", "rules", "calendar", "clock"}


def test_nothing_is_made_or_changed(tmp_path: Path, data: Path) -> None:
    file = data / "duban.db"
    before = file.read_bytes()

    examined("--data", data)
    examined("--data", tmp_path / "none")

    assert file.read_bytes() == before
    assert not (tmp_path / "none").exists()


def test_every_line_says_state_thing_place_and_both_languages(data: Path) -> None:
    done = CliRunner().invoke(group, ["doctor", "--data", str(data)])

    *lines, last = done.output.splitlines()
    assert all(line[:2] in ("正常", "留意") for line in lines)
    assert f"history {data}/duban.db：已记录 1 个事件 / 1 events recorded" in done.output
    assert last.startswith("0 项须改")


def test_help_shows_examples_and_exit_codes() -> None:
    done = CliRunner().invoke(group, ["doctor", "--help"])

    assert "duban doctor --profile distributed --kafka 127.0.0.1:9092" in done.output
    assert "退出码" in done.output


def test_a_file_where_the_data_folder_should_be(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()

    done, found = examined("--data", file)

    assert done.exit_code == 1
    assert "--data" in of(found, "data")["zh"]


@pytest.mark.parametrize(
    ("free", "state"), [(100 << 20, "wrong"), (2 << 30, "note"), (50 << 30, "good")]
)
def test_little_room_is_told(
    monkeypatch: pytest.MonkeyPatch, data: Path, free: int, state: str
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1 << 40, 0, free))

    _, found = examined("--data", data)

    assert of(found, "disk")["state"] == state
    assert (of(found, "disk")["mend"] == "") == (state == "good")


def test_a_data_file_of_another_program(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "duban.db") as connection:
        connection.execute("CREATE TABLE theirs (a)")
    connection.close()

    _, found = examined("--data", tmp_path)

    assert "不是督办的数据文件" in of(found, "history")["zh"]


def test_a_data_file_of_a_newer_duban(data: Path) -> None:
    with sqlite3.connect(data / "duban.db") as connection:
        connection.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    connection.close()

    _, found = examined("--data", data)

    assert of(found, "history")["mend"] == "pip install --upgrade duban"


def test_a_damaged_data_file_names_the_backup(data: Path) -> None:
    (data / "duban.db").write_bytes(b"no database" * 1000)

    _, found = examined("--data", data)

    assert "duban restore" in of(found, "history")["zh"]
    assert of(found, "history")["en"].endswith(".")


def test_a_history_that_is_gone_is_no_empty_one(data: Path) -> None:
    with EmbeddedStore(data) as store:
        store.blobs.put(b"kept")
    for file in data.glob("duban.db*"):
        file.unlink()

    _, found = examined("--data", data)

    assert "不见了" in of(found, "history")["zh"]


def test_a_clock_behind_the_history_is_told(data: Path) -> None:
    later = replace(registered("b"), at=WallClock().now() + timedelta(days=3))
    with EmbeddedStore(data) as store:
        store.log.append([later])

    done, found = examined("--data", data)

    assert done.exit_code == 1
    assert of(found, "clock")["mend"] == "timedatectl set-ntp true"


def test_a_rule_changed_without_a_new_version_is_told(tmp_path: Path, data: Path) -> None:
    folder = tmp_path / "rules"
    shutil.copytree(assets.find("rules"), folder)
    rule = sorted(folder.glob("arithmetic/*.yaml"))[0]
    rule.write_text(rule.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")

    _, found = examined("--data", data, "--rules", folder)

    told = [one for one in found if one["about"] == "rules" and one["state"] == "wrong"]
    assert [one["mend"] for one in told] == [f"duban rules check --rules {folder}"]


def test_rules_that_cannot_be_read_hide_nothing_else(tmp_path: Path, data: Path) -> None:
    _, found = examined("--data", data, "--rules", tmp_path / "nowhere")

    assert wrong(found) == ["rules", "calendar"]
    assert of(found, "history")["state"] == "good"


def test_days_off_that_are_not_known(monkeypatch: pytest.MonkeyPatch, data: Path) -> None:
    monkeypatch.setattr(office, "days_off", lambda first: {first: ()})

    _, found = examined("--data", data)

    assert of(found, "calendar")["state"] == "wrong"
    assert of(found, "calendar")["mend"] == "pip install --upgrade chinesecalendar"


def test_an_alerts_file_that_is_wrong(tmp_path: Path, data: Path) -> None:
    file = tmp_path / "alerts.yaml"
    file.write_text("channels: 7\n")

    _, found = examined("--data", data, "--alerts", file)

    assert wrong(found) == ["alerts"]


def test_a_misspelt_variable_is_told_with_the_right_one(data: Path) -> None:
    _, found = examined(
        "--data", data, DUBAN_KAFKA_PASWORD="geheim", DUBAN_SERVE_PORT="1", DUBAN_SETTINGS=""
    )

    one = of(found, "variable")
    assert (one["where"], one["state"]) == ("DUBAN_KAFKA_PASWORD", "note")
    assert "DUBAN_KAFKA_PASSWORD" in one["en"]
    assert "geheim" not in json.dumps(found)


@pytest.mark.parametrize(
    ("versions", "said"),
    [
        ({"elasticsearch": "8.19.1"}, "elasticsearch"),
        ({"elasticsearch": "9.3.0"}, "elasticsearch"),
        ({"kafka-python": None}, "kafka-python"),
        ({"elasticsearch-dsl": "0.0.9"}, "elasticsearch-dsl"),
    ],
)
def test_a_library_of_another_version_is_told(
    monkeypatch: pytest.MonkeyPatch, versions: dict[str, str | None], said: str
) -> None:
    there = {"kafka-python": "3.0.12", "faust-streaming": "0.15.3", "elasticsearch": "9.2.1",
             "fsspec": "2026.9.0"} | versions  # fmt: skip

    def version(name: str) -> str:
        found = there.get(name)
        if found is None:
            raise importlib.metadata.PackageNotFoundError
        return found

    monkeypatch.setattr(importlib.metadata, "version", version)

    found = [one for one in machine.libraries() if one.state == "wrong"]

    assert [one.where for one in found] == [said]
    assert found[0].mend.startswith("pip ")


@pytest.mark.parametrize("found", [None, "java"])
def test_java_that_is_missing_or_old_is_no_fault(
    monkeypatch: pytest.MonkeyPatch, found: str | None
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: found)
    monkeypatch.setattr(machine, "_java_version", lambda _: 17)

    (one,) = machine.java()

    assert one.state == "note"
    assert "make stack" in one.en


def test_a_check_that_breaks_is_one_line() -> None:
    def broken() -> Iterator[Finding]:
        yield good("kafka", "k:1", "已连接", "reached")
        raise ZeroDivisionError

    first, one = look("kafka", "k:1", broken)

    assert first.state == "good"
    assert (one.about, one.state) == ("kafka", "wrong")
    assert "ZeroDivisionError" in one.zh
